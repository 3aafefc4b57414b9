// One picture of the grid: its video and sound, its name, what is muted, and its figures when asked for.

import { element } from '../dom.js';
import { Figures, SendingFigures } from '../figures.js';
import { figuresLine } from '../format.js';
import { icon } from '../icons.js';

/** What a tile shows. @typedef {{name: string, isOwn: boolean, isScreen: boolean, isAway: boolean, isMuted: boolean, hasPicture: boolean, isHeld: boolean, note: string}} Look */

export class Tile {
  #video = element('video', { muted: true, autoplay: true, playsInline: true });
  #audio = element('audio', { autoplay: true });
  #avatar = element('div', { class: 'avatar', 'aria-hidden': 'true' });
  #mark = element('span', { class: 'mark', role: 'img', 'aria-label': 'muted', title: 'Muted', hidden: true });
  #name = element('span', { class: 'name' });
  #note = element('p', { class: 'note', hidden: true });
  #facts = element('p', { class: 'facts', hidden: true });
  #sources = { audio: null, video: null };
  #isOwn = false;
  #figures = null;
  #onBlocked;

  /**
   * @param {string} key
   * @param {{onBlocked: (tile: Tile) => void, onEnlarge: (key: string) => void}} heard
   */
  constructor(key, { onBlocked, onEnlarge }) {
    this.#onBlocked = onBlocked;
    this.#mark.append(icon('microphoneOff'));
    const enlarge = element('button', { type: 'button', class: 'enlarge', title: 'Enlarge', 'aria-label': 'Enlarge' }, icon('full'));
    enlarge.addEventListener('click', () => onEnlarge(key));
    this.element = element('li', { class: 'tile', 'data-tile': key }, this.#video, this.#audio, this.#avatar, this.#note, this.#facts, enlarge,
      element('div', { class: 'label' }, this.#mark, this.#name));
    this.element.addEventListener('dblclick', () => onEnlarge(key));
    this.#video.addEventListener('resize', () => this.element.classList.toggle('portrait', this.#video.videoHeight > this.#video.videoWidth));
  }

  /** @param {Look} look */
  show({ name, isOwn, isScreen, isAway, isMuted, hasPicture, isHeld, note }) {
    this.#isOwn = isOwn;
    const own = isOwn ? (isScreen ? 'Your screen' : `${name} (you)`) : isScreen ? `${name}’s screen` : name;
    if (this.#name.textContent !== own) {
      this.#name.textContent = own;
      this.#avatar.textContent = initials(name);
      this.#avatar.style.setProperty('--hue', hueOf(name));
    }
    this.#mark.hidden = !isMuted;
    const classes = { own: isOwn && !isScreen, screen: isScreen, away: isAway, dark: !hasPicture || isHeld };
    for (const [each, is] of Object.entries(classes)) this.element.classList.toggle(each, is);
    const text = isAway ? 'Connection lost' : note || waitingNote({ isScreen, isHeld, hasPicture });
    this.#note.hidden = !text;
    this.#note.textContent = text;
  }

  /** @param {'audio'|'video'} kind  @param {MediaStreamTrack|null} track  @param {RTCRtpReceiver|RTCRtpSender|null} statistics  where its figures are */
  attach(kind, track, statistics = null) {
    this.#sources[kind] = statistics;
    const player = kind === 'video' ? this.#video : this.#audio;
    if (player.srcObject?.getTracks()[0] === track && track) return;
    player.srcObject = track ? new MediaStream([track]) : null;
    if (track) this.#play(player);
  }

  /** After a gesture. */
  playSound() {
    this.#play(this.#audio);
  }

  /** @param {string} deviceId  of the loudspeaker */
  useSpeaker(deviceId) {
    this.#audio.setSinkId?.(deviceId).catch(() => {});
  }

  speaks(is) {
    this.element.classList.toggle('speaking', is);
  }

  /** Takes a look at the figures, or stops showing them. */
  async lookAtFigures(isWanted) {
    this.#facts.hidden = !isWanted;
    if (!isWanted) {
      this.#figures = null;
      return;
    }
    const sources = Object.values(this.#sources).filter(Boolean);
    this.#figures ??= this.#isOwn ? new SendingFigures() : new Figures();
    const now = sources.length ? await this.#figures.look({ getStats: () => allStats(sources) }).catch(() => null) : null;
    this.#facts.textContent = now ? figuresLine(now) : sources.length ? '…' : 'nothing flows';
  }

  remove() {
    this.attach('video', null);
    this.attach('audio', null);
    this.element.remove();
  }

  #play(player) {
    if (!player.srcObject) return;
    player.play().catch((error) => { if (error.name === 'NotAllowedError' && player === this.#audio) this.#onBlocked(this); });
  }
}

function waitingNote({ isScreen, isHeld, hasPicture }) {
  if (isScreen && !hasPicture) return 'The screen is on its way…';
  return isHeld && hasPicture ? 'The picture comes back when this person speaks.' : '';
}

async function allStats(sources) {
  const all = new Map();
  for (const source of sources) for (const [id, entry] of await source.getStats()) all.set(id, entry);
  return all;
}

function initials(name) {
  const words = name.trim().split(/[\s_-]+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase();
}

function hueOf(name) {
  let hash = 7;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)) % 360;
  return hash;
}
