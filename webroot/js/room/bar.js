// The controls at the bottom, the banner and the short notes of the room.

import { byId, element } from '../dom.js';
import { icon } from '../icons.js';

const toastTime = 4000, faultTime = 12000;

export class Bar {
  #media;
  #mayPublish = true;

  /** @param {{media: import('./local.js').LocalMedia, leave: () => void, showFigures: (isWanted: boolean) => void}} acts */
  constructor({ media, leave, showFigures }) {
    this.#media = media;
    for (const id of ['microphone', 'preview-microphone']) byId(id).addEventListener('click', () => media.turnMicrophone(!media.hasSound));
    for (const id of ['camera', 'preview-camera']) byId(id).addEventListener('click', () => media.turnCamera(!media.hasPicture));
    byId('screen').addEventListener('click', () => (media.screen ? media.unshare() : media.share()));
    byId('figures').addEventListener('click', ({ currentTarget }) => {
      const isWanted = currentTarget.getAttribute('aria-pressed') !== 'true';
      currentTarget.setAttribute('aria-pressed', String(isWanted));
      currentTarget.classList.toggle('on', isWanted);
      showFigures(isWanted);
    });
    byId('settings').addEventListener('click', () => byId('settings-dialog').showModal());
    byId('leave').addEventListener('click', leave);
    byId('invite').addEventListener('click', () => this.#invite());
    byId('invite').replaceChildren(icon('link'), element('span', {}, 'Copy link'));
    setButton('figures', 'figures', 'Figures');
    setButton('settings', 'settings', 'Settings');
    setButton('leave', 'leave', 'Leave');
    document.addEventListener('keydown', (event) => this.#onKey(event));
    media.addEventListener('change', () => this.#show());
    this.#show();
  }

  /** With a key for watching only there is nothing to turn on. */
  mayPublish(may) {
    this.#mayPublish = may;
    this.#show();
  }

  /** Says what is wrong for as long as it is; '' takes it away. */
  banner(text) {
    byId('banner').hidden = !text;
    byId('banner').replaceChildren(...(text ? [element('span', { class: 'spinner' }), element('span', {}, text)] : []));
  }

  /** Says what has happened; a fault stays longer. */
  toast(text, isFault = false) {
    const toast = element('p', { class: isFault ? 'fault' : null }, text);
    byId('toasts').append(toast);
    while (byId('toasts').children.length > 4) byId('toasts').firstChild.remove();
    setTimeout(() => toast.remove(), isFault ? faultTime : toastTime);
  }

  #show() {
    const { hasSound, hasPicture, screen } = this.#media;
    const canPublish = this.#mayPublish && Boolean(navigator.mediaDevices);
    for (const id of ['microphone', 'preview-microphone']) setToggle(id, hasSound, 'microphone', 'microphoneOff', hasSound ? 'Mute (M)' : 'Turn the microphone on (M)');
    for (const id of ['camera', 'preview-camera']) setToggle(id, hasPicture, 'camera', 'cameraOff', hasPicture ? 'Turn the camera off (V)' : 'Turn the camera on (V)');
    setButton('screen', 'screen', screen ? 'Stop sharing the screen' : 'Share the screen');
    byId('screen').classList.toggle('on', Boolean(screen));
    byId('screen').hidden = !canPublish || !navigator.mediaDevices.getDisplayMedia; // phones have none
    byId('microphone').hidden = byId('camera').hidden = !canPublish;
  }

  #onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.closest('input, select, dialog') || byId('room').hidden) return;
    if (event.key === 'm' && !byId('microphone').hidden) byId('microphone').click();
    else if (event.key === 'v' && !byId('camera').hidden) byId('camera').click();
  }

  async #invite() {
    const url = new URL(location.href);
    url.searchParams.delete('token');
    try {
      await navigator.clipboard.writeText(url.href);
      this.toast('The link is copied. Whoever opens it can join.');
    } catch {
      this.toast(url.href, true); // no clipboard without HTTPS: to be copied by hand
    }
  }
}

function setToggle(id, isOn, on, off, label) {
  setButton(id, isOn ? on : off, label);
  byId(id).classList.toggle('off', !isOn);
}

function setButton(id, name, label) {
  const button = byId(id);
  button.title = label;
  button.setAttribute('aria-label', label);
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  button.replaceChildren(icon(name));
}
