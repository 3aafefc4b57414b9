// This participant's own camera, microphone and screen: opened, changed, turned off. Knows nothing of the room.

import { exactly, explainRefusal, stopTracks } from '../capture.js';

/** What the choice of picture means. Bits per second are the most that is sent. */
export const qualities = {
  small: { width: 320, height: 180, frameRate: 15, bitrate: 200_000 },
  normal: { width: 640, height: 360, frameRate: 30, bitrate: 800_000 },
  large: { width: 1280, height: 720, frameRate: 30, bitrate: 2_000_000 },
};

/**
 * Events: `change` (some track is another one, or on or off), `wish` (detail: what the person turned on or off), `fault` (detail: text for the person).
 * A camera that is off is closed, so that its light is out. A microphone that is muted stays open and sends silence.
 */
export class LocalMedia extends EventTarget {
  #devices = { camera: '', microphone: '' };
  #quality = 'normal';
  #tracks = { camera: null, microphone: null, screen: null, screenSound: null };
  #wish = { camera: true, microphone: true };
  #changes = 0; // what an older one still brings is stopped

  get camera() { return this.#tracks.camera; }
  get microphone() { return this.#tracks.microphone; }
  get screen() { return this.#tracks.screen; }
  get screenSound() { return this.#tracks.screenSound; }
  get hasPicture() { return this.#tracks.camera !== null; }
  get hasSound() { return this.#tracks.microphone !== null && this.#tracks.microphone.enabled; }
  get bitrate() { return qualities[this.#quality].bitrate; }

  /** @param {{camera?: string, microphone?: string, quality?: string, wantsPicture?: boolean, wantsSound?: boolean}} choice */
  choose({ camera = this.#devices.camera, microphone = this.#devices.microphone, quality = this.#quality, wantsPicture, wantsSound }) {
    this.#devices = { camera, microphone };
    this.#quality = quality in qualities ? quality : 'normal';
    if (wantsPicture !== undefined) this.#wish.camera = wantsPicture;
    if (wantsSound !== undefined) this.#wish.microphone = wantsSound;
  }

  /** Opens what is chosen; asks for both at once, and for each alone where one of them can't be had. */
  async open() {
    const mine = ++this.#changes;
    const wishes = [['camera', this.#video()], ['microphone', this.#audio()]].filter(([name]) => name === 'microphone' || this.#wish.camera);
    for (const [name] of wishes) this.#close(name);
    const { streams, faults } = await captureWhatCan(wishes);
    if (mine !== this.#changes) return streams.forEach(stopTracks);
    for (const track of streams.flatMap((stream) => stream.getTracks())) this.#use(track.kind === 'video' ? 'camera' : 'microphone', track);
    this.#changed();
    if (faults.length) this.#fault(faults.join(' '));
    return undefined;
  }

  async turnCamera(isOn) {
    this.#wishes('camera', isOn);
    if (isOn) await this.#openOne('camera', this.#video());
    else this.#close('camera');
    this.#changed();
  }

  async turnMicrophone(isOn) {
    this.#wishes('microphone', isOn);
    if (isOn && !this.microphone) await this.#openOne('microphone', this.#audio());
    if (this.microphone) this.microphone.enabled = isOn;
    this.#changed();
  }

  async share() {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 30 } }, audio: true });
      this.#close('screen');
      this.#close('screenSound');
      for (const track of stream.getTracks()) this.#use(track.kind === 'video' ? 'screen' : 'screenSound', track);
      if ('contentHint' in this.screen) this.screen.contentHint = 'detail';
      this.#changed();
    } catch (error) {
      // A person who closes the browser's own question has changed his mind.
      if (error.name !== 'NotAllowedError') this.#fault(`The screen: ${explainRefusal(error)}`);
    }
  }

  unshare() {
    this.#close('screen');
    this.#close('screenSound');
    this.#changed();
  }

  close() {
    this.#changes++;
    for (const name of Object.keys(this.#tracks)) this.#close(name);
    this.#changed();
  }

  #wishes(name, isOn) {
    this.#wish[name] = isOn;
    this.dispatchEvent(new CustomEvent('wish', { detail: { wantsPicture: this.#wish.camera, wantsSound: this.#wish.microphone } }));
  }

  async #openOne(name, constraints) {
    const mine = ++this.#changes;
    try {
      const stream = await capture([[name, constraints]]);
      if (mine !== this.#changes || !this.#wish[name]) return stopTracks(stream);
      this.#close(name);
      this.#use(name, stream.getTracks()[0]);
    } catch (error) {
      this.#fault(describe([name], error));
    }
    return undefined;
  }

  #video() {
    const { width, height, frameRate } = qualities[this.#quality];
    return { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate, max: frameRate }, ...exactly(this.#devices.camera) };
  }

  #audio() {
    return { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...exactly(this.#devices.microphone) };
  }

  #use(name, track) {
    this.#tracks[name] = track;
    if (name === 'microphone') track.enabled = this.#wish.microphone;
    track.addEventListener('ended', () => {
      if (this.#tracks[name] !== track) return;
      // Pulled out, taken away, or stopped by the browser's own button.
      if (name === 'screen') return this.unshare();
      this.#close(name);
      if (name in this.#wish) this.#fault(`The ${name} is gone. Choose another one, or turn it on again.`);
      this.#changed();
    });
  }

  #close(name) {
    const track = this.#tracks[name];
    this.#tracks[name] = null;
    track?.stop();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }

  #fault(detail) {
    this.dispatchEvent(new CustomEvent('fault', { detail }));
  }
}

function capture(wishes) {
  const constraints = Object.fromEntries(wishes.map(([name, value]) => [name === 'camera' ? 'video' : 'audio', value]));
  return navigator.mediaDevices.getUserMedia(constraints);
}

async function captureWhatCan(wishes) {
  try {
    return { streams: [await capture(wishes)], faults: [] };
  } catch (error) {
    const alone = await worthAlone(wishes, error);
    if (alone.length === 0) return { streams: [], faults: [describe(wishes.map(([name]) => name), error)] };
    const streams = [], faults = wishes.filter((wish) => !alone.includes(wish)).map(([name]) => describe([name], error));
    for (const wish of alone) await capture([wish]).then((stream) => streams.push(stream), (fault) => faults.push(describe([wish[0]], fault)));
    return { streams, faults };
  }
}

/** Which of several wishes may be had without the others. Who has just said no is not asked once more. */
async function worthAlone(wishes, error) {
  if (wishes.length < 2) return [];
  if (error.name !== 'NotAllowedError') return wishes;
  const isDenied = async ([name]) => (await navigator.permissions?.query({ name }).catch(() => null))?.state === 'denied';
  const denied = await Promise.all(wishes.map(isDenied));
  return denied.some(Boolean) ? wishes.filter((_, index) => !denied[index]) : [];
}

function describe(names, error) {
  const text = names.join(' and ');
  return `${text[0].toUpperCase()}${text.slice(1)}: ${explainRefusal(error)}`;
}
