// Before the room: who one is, what one looks and sounds like, which devices.

import { canCapture, fillChoice, LevelMeter, secureLink } from '../capture.js';
import { byId } from '../dom.js';

const storageName = 'room:me';

/** What was chosen the last time. */
export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(storageName)) ?? {};
  } catch {
    return {};
  }
}

export function remember(changes) {
  try {
    localStorage.setItem(storageName, JSON.stringify({ ...remembered(), ...changes }));
  } catch {
    // Storage is off: it is asked for again the next time.
  }
}

/** The preview and the choice of devices; the choice goes along into the room's settings. Events: `join`, `choice` (of a device or size). */
export class Lobby extends EventTarget {
  #media;
  #form = byId('join');
  #choices = byId('devices').elements;
  #meter = new LevelMeter(byId('level'));
  #isOver = false;

  /** @param {import('./local.js').LocalMedia} media */
  constructor(media) {
    super();
    this.#media = media;
    const { name = '', quality = 'normal' } = remembered();
    this.#form.elements.name.value = name;
    this.#choices.quality.value = quality;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.dispatchEvent(new Event('join'));
    });
    for (const select of ['camera', 'microphone', 'quality']) this.#choices[select].addEventListener('change', () => this.#onChoice());
    this.#choices.speaker.addEventListener('change', () => this.dispatchEvent(new Event('choice')));
    media.addEventListener('change', () => this.#show());
  }

  get room() { return this.#form.elements.room.value.trim(); }
  get name() { return this.#form.elements.name.value.trim(); }
  get speaker() { return this.#choices.speaker.value; }
  get lastN() { return this.#choices.lastN.value === '' ? null : Number(this.#choices.lastN.value); }

  /** Asks for camera and microphone, and shows them. */
  async open(room) {
    this.#form.elements.room.value = room;
    byId('room-field').hidden = Boolean(room);
    (room ? this.#form.elements.name : this.#form.elements.room).focus({ preventScroll: true });
    if (!canCapture()) {
      this.#say('No camera here', 'Browsers give camera and microphone only to pages that came over HTTPS, or from this very computer. You can join and watch.');
      byId('preview-message').append(secureLink());
      byId('devices').disabled = true;
      for (const id of ['preview-microphone', 'preview-camera']) byId(id).hidden = true;
      return;
    }
    const { wantsPicture = true, wantsSound = true, quality = 'normal', camera = '', microphone = '' } = remembered();
    await this.#list();
    for (const [select, value] of [['camera', camera], ['microphone', microphone]]) {
      if ([...this.#choices[select].options].some((option) => option.value === value)) this.#choices[select].value = value;
    }
    this.#media.choose({ wantsPicture, wantsSound, quality, camera: this.#choices.camera.value, microphone: this.#choices.microphone.value });
    this.#say('Looking for camera and microphone…', 'The browser may ask whether this page may use them.');
    navigator.mediaDevices.addEventListener('devicechange', () => this.#list());
    await this.#media.open();
    await this.#list();
  }

  /** The room begins: the choice of devices moves there, the preview ends. */
  moveDevices(target) {
    target.prepend(byId('devices'));
    this.#meter.use(null);
    byId('preview').srcObject = null;
    this.#isOver = true;
  }

  async #onChoice() {
    const { camera, microphone, quality } = this.#choices;
    remember({ quality: quality.value, camera: camera.value, microphone: microphone.value });
    this.#media.choose({ camera: camera.value, microphone: microphone.value, quality: quality.value });
    await this.#media.open();
    await this.#list();
  }

  async #list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const of = (wanted) => devices.filter(({ kind }) => kind === wanted);
    fillChoice(this.#choices.camera, of('videoinput'), 'Camera', of('videoinput').length ? [] : [['', 'none']]);
    fillChoice(this.#choices.microphone, of('audioinput'), 'Microphone', of('audioinput').length ? [] : [['', 'none']]);
    fillChoice(this.#choices.speaker, of('audiooutput'), 'Loudspeaker');
    byId('speaker-field').hidden = of('audiooutput').length === 0 || !('setSinkId' in HTMLMediaElement.prototype);
  }

  #show() {
    if (this.#isOver) return;
    const { camera, microphone, hasSound } = this.#media;
    const preview = byId('preview');
    if (preview.srcObject?.getTracks()[0] !== camera) preview.srcObject = camera ? new MediaStream([camera]) : null;
    this.#say(camera ? '' : 'No picture', camera ? '' : 'The others see your name instead.');
    this.#meter.use(microphone && hasSound ? new MediaStream([microphone]) : null);
  }

  #say(title, text) {
    byId('preview-message').hidden = !title;
    byId('preview-title').textContent = title;
    byId('preview-text').textContent = text;
  }
}
