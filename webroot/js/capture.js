// Camera, microphone and screen, as the pages that send use them: what there is, how to choose, what a refusal means.

import { element } from './dom.js';

// What the browser calls it, and what a person can do about it.
const refusals = {
  NotAllowedError: 'The browser was not allowed to use it. Allow it by the sign in the address bar, then choose again.',
  NotFoundError: 'There is no such device on this computer.',
  NotReadableError: 'Another program is using it. Close that, then choose again.',
  OverconstrainedError: 'That device is not there any more. Choose another one.',
};

/** A refusal of getUserMedia or getDisplayMedia in plain words. */
export function explainRefusal(error) {
  return refusals[error.name] ?? `It can't be used: ${error.message}`;
}

/** Whether this page may ask for devices at all: browsers allow it over HTTPS and on the computer itself only. */
export function canCapture() {
  return window.isSecureContext && Boolean(navigator.mediaDevices);
}

/** A link to this very page over HTTPS. */
export function secureLink(httpsPort = 8084) {
  return element('a', { href: `https://${location.hostname}:${httpsPort}${location.pathname}${location.search}` }, 'Open it over HTTPS');
}

/**
 * The constraint of a chosen device; none where any will do.
 * @param {string} deviceId
 */
export const exactly = (deviceId) => (deviceId ? { deviceId: { exact: deviceId } } : {});

export const stopTracks = (stream) => stream?.getTracks().forEach((track) => track.stop());

/**
 * Fills a choice with the devices of a kind, and keeps what was chosen.
 * @param {HTMLSelectElement} select
 * @param {MediaDeviceInfo[]} devices
 * @param {string} name  for those that have none yet: browsers tell names only once a device was allowed
 * @param {[string, string][]} more  further choices: value, text
 */
export function fillChoice(select, devices, name, more = []) {
  const chosen = select.value;
  const options = devices.map(({ deviceId, label }, index) => [deviceId, label || `${name} ${index + 1}`]);
  select.replaceChildren(...[...options, ...more].map(([value, text]) => element('option', { value, textContent: text })));
  if ([...select.options].some(({ value }) => value === chosen)) select.value = chosen;
}

/** Shows the level of a stream's sound in a meter, from -60 dB to 0 dB. */
export class LevelMeter {
  #meter;
  #context = null;
  #timer = 0;

  /** @param {HTMLMeterElement} meter  from 0 to 1 */
  constructor(meter) {
    this.#meter = meter;
  }

  /** @param {MediaStream|null} stream  null measures nothing */
  use(stream) {
    clearInterval(this.#timer);
    this.#context?.close();
    this.#context = null;
    this.#meter.value = 0;
    if (!stream?.getAudioTracks().length) return;
    this.#context = new AudioContext();
    const analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      this.#meter.value = Math.max(0, 1 + Math.log10(power + 1e-12) / 6);
    }, 100);
  }

  /** Browsers let it begin only after a gesture. */
  resume() {
    this.#context?.resume().catch(() => {});
  }
}
