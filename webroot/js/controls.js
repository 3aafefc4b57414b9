// The player's controls: play, mute, volume, full screen, and the large button where the browser wants a tap before sound.

import { byId } from './dom.js';
import { icon } from './icons.js';

const idleAfter = 2500;

export class Controls {
  #stage = byId('stage');
  #video;
  #idleTimer = 0;
  #wantsSound = true;

  constructor(video) {
    byId('sound').prepend(icon('sound'));
    byId('play').addEventListener('click', () => this.#togglePlay());
    byId('mute').addEventListener('click', () => this.#toggleMute());
    byId('sound').addEventListener('click', () => this.#turnSoundOn());
    byId('full').addEventListener('click', () => this.#toggleFull());
    byId('volume').addEventListener('input', (event) => this.#setVolume(event.target.valueAsNumber));
    document.addEventListener('fullscreenchange', () => this.#show());
    document.addEventListener('keydown', (event) => this.#onKey(event));
    for (const type of ['pointermove', 'pointerdown', 'focusin']) this.#stage.addEventListener(type, () => this.#wake());
    this.#stage.addEventListener('dblclick', (event) => { if (event.target === this.#video) this.#toggleFull(); });
    if (!this.#stage.requestFullscreen && !video.webkitEnterFullscreen) byId('full').hidden = true;
    this.use(video);
  }

  /** Another element plays from now on; sound and volume go over to it. */
  use(video) {
    if (this.#video) [video.muted, video.volume] = [this.#video.muted, this.#video.volume];
    this.#video = video;
    for (const type of ['play', 'pause', 'volumechange']) video.addEventListener(type, () => { if (this.#video === video) this.#show(); });
    this.#show();
  }

  /** Starts with sound; where the browser refuses that before a gesture, without it, and offers the tap. */
  async start() {
    const video = this.#video;
    video.muted = !this.#wantsSound;
    try {
      await video.play();
    } catch (error) {
      if (error.name !== 'NotAllowedError') return;
      video.muted = true;
      await video.play().catch(() => {});
      if (video === this.#video) byId('sound').hidden = !this.#wantsSound;
    }
    this.#show();
    this.#wake();
  }

  #turnSoundOn() {
    this.#wantsSound = true;
    this.#video.muted = false;
    this.#video.play().catch(() => {});
    byId('sound').hidden = true;
    byId('mute').focus({ preventScroll: true });
  }

  #togglePlay() {
    if (this.#video.paused) this.#video.play().catch(() => {});
    else this.#video.pause();
  }

  #toggleMute() {
    this.#wantsSound = this.#video.muted;
    this.#video.muted = !this.#video.muted;
    if (!this.#video.muted && this.#video.volume === 0) this.#video.volume = 1;
    byId('sound').hidden = true;
  }

  #setVolume(volume) {
    this.#video.volume = volume;
    this.#video.muted = volume === 0;
    this.#wantsSound = volume > 0;
    byId('sound').hidden = true;
  }

  #toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.#stage.requestFullscreen) this.#stage.requestFullscreen().catch(() => {});
    else this.#video.webkitEnterFullscreen?.(); // iPhone: only the video itself
  }

  #onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, dialog, a')) return;
    const onButton = event.target.closest('button');
    if (event.key === 'm') this.#toggleMute();
    else if (event.key === 'f') this.#toggleFull();
    else if (event.key === 'k' || (event.key === ' ' && !onButton)) this.#togglePlay();
    else return;
    event.preventDefault();
    this.#wake();
  }

  #wake() {
    this.#stage.classList.remove('idle');
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => { if (!this.#video.paused) this.#stage.classList.add('idle'); }, idleAfter);
  }

  #show() {
    setButton(byId('play'), this.#video.paused ? 'play' : 'pause', this.#video.paused ? 'Play' : 'Pause');
    setButton(byId('mute'), this.#video.muted ? 'muted' : 'sound', this.#video.muted ? 'Turn sound on' : 'Mute');
    setButton(byId('full'), document.fullscreenElement ? 'small' : 'full', document.fullscreenElement ? 'Leave full screen' : 'Full screen');
    byId('volume').value = this.#video.muted ? 0 : this.#video.volume;
  }
}

function setButton(button, name, label) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  button.setAttribute('aria-label', label);
  button.title = label;
  button.replaceChildren(icon(name));
}
