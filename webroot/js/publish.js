// Publishing from this browser: what is sent is chosen, seen and heard (as a level) here; WHIP carries it.

import { ApiError } from './api.js';
import { canCapture, exactly, explainRefusal, fillChoice, LevelMeter, secureLink, stopTracks } from './capture.js';
import { byId, element } from './dom.js';
import { SendingFigures } from './figures.js';
import { figuresLine } from './format.js';
import { askForKey, keyOf, rememberKey } from './keys.js';
import { WhipSession } from './whip.js';

const form = byId('settings');
const fields = form.elements;
const screen = 'screen';
const none = 'none';

let stream = null;
let session = null;
let figures = null;
let changes = 0; // of what is captured: what an older one still brings is stopped
const meter = new LevelMeter(byId('level'));

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
  const screens = navigator.mediaDevices.getDisplayMedia ? [[screen, 'The screen']] : []; // phones have none
  fillChoice(fields.camera, devices.filter(({ kind }) => kind === 'videoinput'), 'Camera', [...screens, [none, 'No picture']]);
  fillChoice(fields.microphone, devices.filter(({ kind }) => kind === 'audioinput'), 'Microphone', [[none, 'No sound']]);
}

function listCodecs() {
  const names = new Set(RTCRtpSender.getCapabilities('video').codecs.map(({ mimeType }) => mimeType));
  const known = [['video/H264', 'H.264'], ['video/VP8', 'VP8'], ['video/VP9', 'VP9'], ['video/AV1', 'AV1']].filter(([value]) => names.has(value));
  fields.codec.replaceChildren(...[['', 'chosen by the browser'], ...known].map(([value, text]) => element('option', { value, textContent: text })));
}

async function capture() {
  const mine = ++changes;
  const { camera, microphone } = { camera: fields.camera.value, microphone: fields.microphone.value };
  stopTracks(stream);
  stream = null;
  byId('go').disabled = true;
  warn('');
  try {
    const tracks = [];
    // The screen's own sound takes the place of a microphone, not a place beside it: a publication has one sound.
    if (camera === screen) tracks.push(...(await navigator.mediaDevices.getDisplayMedia({ video: true, audio: microphone === none })).getTracks());
    const video = camera !== screen && camera !== none && { width: { ideal: 1280 }, height: { ideal: 720 }, ...exactly(camera) };
    const audio = microphone !== none && exactly(microphone);
    if (video || audio) tracks.push(...(await navigator.mediaDevices.getUserMedia({ video, audio })).getTracks());
    const captured = new MediaStream(tracks);
    if (mine !== changes) return stopTracks(captured);
    stream = captured;
  } catch (error) {
    say('Nothing to send yet');
    return warn(explainRefusal(error));
  }

  await listDevices();
  byId('preview').srcObject = stream;
  say(stream.getVideoTracks().length ? '' : stream.getAudioTracks().length ? 'Sound only' : 'Nothing to send yet');
  byId('go').disabled = stream.getTracks().length === 0;
  meter.use(stream);
  for (const track of stream.getTracks()) track.addEventListener('ended', () => { if (mine === changes) onGone(track); });
}

/** A device was pulled out, or the browser's own button has stopped the screen. */
function onGone({ kind }) {
  const text = kind === 'audio' ? 'The microphone is gone.' : fields.camera.value === screen ? 'The screen is not shared any more.' : 'The camera is gone.';
  if (session) leave(text);
  else warn(text);
  stopTracks(stream);
  stream = null;
  byId('preview').srcObject = null;
  byId('go').disabled = true;
  meter.use(null);
  say('Nothing to send yet', 'Choose again what to send.');
  listDevices();
}

// --- the session -----------------------------------------------------------------------------------------------------

async function goLive(wasWrong = false, asked = false) {
  const room = fields.room.value;
  byId('go').disabled = true;
  byId('title').textContent = room;
  const attempt = session = new WhipSession(stream, { codec: fields.codec.value, bitrate: Number(fields.bitrate.value) });
  attempt.addEventListener('connected', () => {
    showState('live', true);
    figures = new SendingFigures();
    meter.resume();
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
  figures = null;
  byId('sent').textContent = '';
  showState('', false);
  showLive(false);
  byId('go').disabled = !stream;
  warn(text);
}

async function showFigures() {
  const now = session && figures && !document.hidden ? await figures.look(session).catch(() => null) : null;
  if (!now || !session) return;
  byId('sent').textContent = figuresLine(now);
}

async function start() {
  fields.room.value = new URLSearchParams(location.search).get('room') ?? 'studio';
  byId('title').textContent = 'Publish from this browser';
  if (!canCapture()) {
    say('This page needs HTTPS', 'Browsers give camera and microphone only to pages that came over HTTPS, or from this very computer.');
    byId('message').append(secureLink());
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
  navigator.mediaDevices.addEventListener('devicechange', listDevices);
  setInterval(showFigures, 1000);
  await capture();
}

start();
