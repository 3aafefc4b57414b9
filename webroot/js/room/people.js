// Who is in the room and what of them is seen and heard here, as the signalling tells it. Knows nothing of how it is shown or received.

const refusals = {
  'no-common-codec': 'This browser can’t show what is sent here.',
  kicked: 'An administrator has taken this picture away from you.',
};

export class People {
  #others = new Map();  // id -> participant, in the order of their coming
  #received = new Set(); // `${publication}/${kind}` of what comes
  #refused = new Map();  // the same -> refusal
  #me = { id: '', name: '' };

  speaker = null;
  mayPublish = true;

  /** Names of the publications whose video flows; null = all. @type {Set<string>|null} */
  forwarded = null;

  /** The gateway's `joined`, at first or after a return: it is whole. */
  joined({ id, name, participants, speaker, mayPublish }) {
    this.#me = { id, name };
    this.#others = new Map(participants.map((participant) => [participant.id, participant]));
    this.#refused.clear();
    this.speaker = speaker;
    this.mayPublish = mayPublish;
  }

  /** @returns {object|undefined} what was known before */
  update(event, participant) {
    const before = this.#others.get(participant.id);
    if (event === 'left') this.#others.delete(participant.id);
    else this.#others.set(participant.id, participant);
    for (const name of before?.publications.map((publication) => publication.name) ?? []) {
      for (const kind of ['audio', 'video']) this.#refused.delete(`${name}/${kind}`); // what has changed is asked for again
    }
    return before;
  }

  receives(publication, kind, is) {
    const key = `${publication}/${kind}`;
    if (is) this.#received.add(key);
    else this.#received.delete(key);
    this.#refused.delete(key);
  }

  refused(publication, kind, refusal) {
    this.#refused.set(`${publication}/${kind}`, refusal);
  }

  get count() {
    return this.#others.size + 1;
  }

  /** The key of the speaker's tile. */
  get speakerKey() {
    return this.speaker === this.#me.id ? 'me' : this.speaker ?? '';
  }

  /** The key of the tile of a publication. */
  keyOf(publication) {
    for (const { id, publications } of this.#others.values()) {
      if (publications.some(({ name, source }) => name === publication && source === 'camera')) return id;
    }
    return publication;
  }

  /** What is asked of the gateway: all that the others send, but for what was refused as it is now. */
  wanted() {
    const all = [...this.#others.values()].flatMap(({ publications }) => publications)
      .flatMap(({ name, tracks }) => tracks.map(({ kind }) => ({ publication: name, kind })));
    return all.filter(({ publication, kind }) => !this.#refused.has(`${publication}/${kind}`));
  }

  /** The tiles: the others and their screens as they came, oneself last. */
  looks(media) {
    const looks = [...this.#others.values()].flatMap((participant) => this.#looksOf(participant));
    const own = { name: this.#me.name, isOwn: true, isAway: false, isHeld: false, note: '' };
    looks.push({ ...own, key: 'me', isScreen: false, isMuted: !media.hasSound, hasPicture: media.hasPicture });
    if (media.screen) looks.push({ ...own, key: 'my-screen', isScreen: true, isMuted: false, hasPicture: true, note: 'The others see this screen.' });
    return looks;
  }

  #looksOf({ id, name, entrance, away, publications }) {
    const camera = publications.find(({ source }) => source === 'camera');
    const common = { name, isOwn: false, isAway: away };
    const looks = [{
      ...common, ...this.#pictureOf(camera), key: id, isScreen: false, isMuted: isSilent(camera, entrance),
      isHeld: Boolean(camera) && this.forwarded !== null && !this.forwarded.has(camera.name),
    }];
    for (const screen of publications.filter(({ source }) => source === 'screen')) {
      looks.push({ ...common, ...this.#pictureOf(screen), key: screen.name, isScreen: true, isMuted: false, isHeld: false });
    }
    return looks;
  }

  #pictureOf(publication) {
    const video = publication?.tracks.find(({ kind }) => kind === 'video');
    if (!video) return { hasPicture: false, note: '' };
    const refusal = this.#refused.get(`${publication.name}/video`);
    return { hasPicture: !video.muted && this.#received.has(`${publication.name}/video`), note: refusals[refusal] ?? '' };
  }
}

/** An encoder without sound is no surprise; a person without is marked. */
function isSilent(camera, entrance) {
  const audio = camera?.tracks.find(({ kind }) => kind === 'audio');
  return audio ? audio.muted : entrance === 'room';
}
