// Publishing from this browser: what is sent is chosen, seen and heard (as a level) here; WHIP carries it.

import { ApiError } from './api.js';
import { byId, element } from './dom.js';
import { askForKey, keyOf, rememberKey } from './keys.js';
import { WhipSession } from './whip.js';

const form = byId('settings');
const fields = form.elements;
const screen = 'screen';
const none = 'none';

let stream = null;
let session = null;
let context = null;
let changes = 0; // of what is captured: what an older one still brings is stopped

// What the browser calls it, and what a person can do about it.
const refusals = {
  NotAllowedError: 'The browser was not allowed to use it. Allow it by the sign in the address bar, then choose again.',
  NotFoundError: 'There is no such device on this computer.',
  NotReadableError: 'Another program is using it. Close that, then choose again.',
  OverconstrainedError: 'That device is not there any more. Choose another one.',
};

function warn(text) {
  byId('notice').hidden = !text;
  byId('notice').textContent = text;
}

function say(title, text = '') {
  byId('message').hidden = !title;
  byId('message-title').textContent = title;
  byId('message-text').textContent = text;
}

function showState(text, isLive) {
  const pill = byId('state');
  pill.hidden = !text;
  pill.textContent = text;
  pill.classList.toggle('live', isLive);
}

function showLive(isLive) {
  byId('go').hidden = isLive;
  byId('stop').hidden = byId('watch').hidden = !isLive;
  for (const name of ['room', 'camera', 'microphone', 'codec', 'bitrate']) fields[name].disabled = isLive;
}

// --- devices ---------------------------------------------------------------------------------------------------------

async function listDevices() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  fill(fields.camera, devices.filter(({ kind }) => kind === 'videoinput'), 'Camera', [[screen, 'The screen'], [none, 'No picture']]);
  fill(fields.microphone, devices.filter(({ kind }) => kind === 'audioinput'), 'Microphone', [[none, 'No sound']]);
}

function fill(select, devices, name, more) {
  const chosen = select.value;
  const options = devices.map(({ deviceId, label }, index) => [deviceId, label || `${name} ${index + 1}`]);
  select.replaceChildren(...[...options, ...more].map(([value, text]) => element('option', { value, textContent: text })));
  if ([...select.options].some(({ value }) => value === chosen)) select.value = chosen;
}

function listCodecs() {
  const names = new Set(RTCRtpSender.getCapabilities('video').codecs.map(({ mimeType }) => mimeType));
  const known = [['video/H264', 'H.264'], ['video/VP8', 'VP8'], ['video/VP9', 'VP9'], ['video/AV1', 'AV1']].filter(([value]) => names.has(value));
  fields.codec.replaceChildren(...[['', 'chosen by the browser'], ...known].map(([value, text]) => element('option', { value, textContent: text })));
}

async function capture() {
  const mine = ++changes;
  const { camera, microphone } = { camera: fields.camera.value, microphone: fields.microphone.value };
  stop(stream);
  stream = null;
  byId('go').disabled = true;
  warn('');
  try {
    const tracks = [];
    if (camera === screen) tracks.push(...(await navigator.mediaDevices.getDisplayMedia({ video: true })).getTracks());
    const video = camera !== screen && camera !== none && { width: { ideal: 1280 }, height: { ideal: 720 }, ...exactly(camera) };
    const audio = microphone !== none && exactly(microphone);
    if (video || audio) tracks.push(...(await navigator.mediaDevices.getUserMedia({ video, audio })).getTracks());
    const captured = new MediaStream(tracks);
    if (mine !== changes) return stop(captured);
    stream = captured;
  } catch (error) {
    say('Nothing to send yet');
    return warn(refusals[error.name] ?? `It can't be used: ${error.message}`);
  }

  await listDevices();
  byId('preview').srcObject = stream;
  say(stream.getVideoTracks().length ? '' : stream.getAudioTracks().length ? 'Sound only' : 'Nothing to send yet');
  byId('go').disabled = stream.getTracks().length === 0;
  measure(stream);
}

const exactly = (deviceId) => (deviceId ? { deviceId: { exact: deviceId } } : {});

const stop = (captured) => captured?.getTracks().forEach((track) => track.stop());

function measure(captured) {
  context?.close();
  context = null;
  byId('level').value = 0;
  if (captured.getAudioTracks().length === 0) return;
  const mine = context = new AudioContext();
  const analyser = new AnalyserNode(mine, { fftSize: 1024 });
  mine.createMediaStreamSource(captured).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (mine.state === 'closed') return clearInterval(timer);
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    byId('level').value = Math.max(0, 1 + Math.log10(power + 1e-12) / 6); // -60 dB to 0 dB
  }, 100);
}

// --- the session -----------------------------------------------------------------------------------------------------

async function goLive(wasWrong = false, asked = false) {
  const room = fields.room.value;
  byId('go').disabled = true;
  byId('title').textContent = room;
  const attempt = session = new WhipSession(stream, { codec: fields.codec.value, bitrate: Number(fields.bitrate.value) });
  attempt.addEventListener('connected', () => {
    showState('live', true);
    context?.resume();
  });
  attempt.addEventListener('closed', ({ detail }) => leave(`Not live any more: ${detail.reason}.`));
  try {
    showState('connecting', false);
    await attempt.open(`/whip/${encodeURIComponent(room)}`, keyOf(room));
    byId('watch').href = `watch.html?room=${encodeURIComponent(room)}`;
    showLive(true);
    warn('');
  } catch (error) {
    leave(error instanceof ApiError ? error.message : `The gateway can't be reached: ${error.message}`);
    if (error.status !== 401 && error.status !== 403) return;
    const key = await askForKey(byId('ask'), asked || wasWrong);
    if (!key) return;
    rememberKey(room, key);
    await goLive(error.status === 403, true);
  }
}

function leave(text = '') {
  session?.close();
  session = null;
  showState('', false);
  showLive(false);
  byId('go').disabled = !stream;
  warn(text);
}

async function start() {
  fields.room.value = new URLSearchParams(location.search).get('room') ?? 'studio';
  byId('title').textContent = 'Publish from this browser';
  if (!window.isSecureContext || !navigator.mediaDevices) {
    say('This page needs HTTPS', 'Browsers give camera and microphone only to pages that came over HTTPS, or from this very computer.');
    const secure = element('a', { href: `https://${location.hostname}:8084${location.pathname}${location.search}` }, 'Open it over HTTPS');
    byId('message').append(secure);
    return;
  }

  listCodecs();
  await listDevices();
  for (const select of [fields.camera, fields.microphone]) select.addEventListener('change', capture);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    goLive();
  });
  byId('stop').addEventListener('click', () => leave());
  addEventListener('pagehide', () => session?.close());
  await capture();
}

start();
