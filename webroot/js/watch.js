// The page of one room: keeps a session open as long as there is something to watch, and says so where there is not.

import { ApiError, get, listen } from './api.js';
import { Controls } from './controls.js';
import { byId, element } from './dom.js';
import { Figures } from './figures.js';
import { bitrate, count } from './format.js';
import { askForKey, keyOf, rememberKey } from './keys.js';
import { WhepSession } from './whep.js';

const query = new URLSearchParams(location.search);
const room = query.get('room') ?? '';
const publication = query.get('publication');
const endpoint = `/whep/${encodeURIComponent(room)}${publication ? `?publication=${encodeURIComponent(publication)}` : ''}`;
const detailsInterval = 3000;
const swapPatience = 8000;

const reasons = {
  'publisher-gone': 'The stream has ended',
  'timed-out': 'The connection was lost',
  kicked: 'You were disconnected by an administrator',
  'shutting-down': 'The gateway is being restarted',
  'no-connection': 'No media connection to the gateway',
};

let video = byId('video');
let session = null;
let figures = new Figures();
let generation = 0; // of sessions: what an older one still says is not heard
let retryDelay = 1;
let wake = null; // ends the wait for the next attempt
let note = ''; // what this viewer does not get, and why
let warnings = [];
let stopListening = null;
let newsComes = false;
const controls = new Controls(video);

// --- what the stage says ---------------------------------------------------------------------------------------------

function say(title, text = '', { spinner = false, over = false, action = null } = {}) {
  byId('message').hidden = false;
  byId('message').classList.toggle('over', over);
  byId('message-title').textContent = title;
  byId('message-text').textContent = text;
  byId('spinner').hidden = !spinner;
  byId('message-action').hidden = !action;
  if (action) {
    byId('message-action').textContent = action.label;
    byId('message-action').onclick = action.run;
  }
}

function saidNothing() {
  byId('message').hidden = true;
}

function showState(text, isLive) {
  const pill = byId('state');
  pill.hidden = !text;
  pill.textContent = text;
  pill.classList.toggle('live', isLive);
}

// --- sessions --------------------------------------------------------------------------------------------------------

/** Tries until it plays, or until only the person can help. */
async function connect() {
  const mine = ++generation;
  while (mine === generation) {
    try {
      const opened = new WhepSession(endpoint, keyOf(room));
      follow(opened, mine);
      await opened.open();
      if (mine !== generation) opened.close();
      else if (!opened.over) adopt(opened);
      return;
    } catch (error) {
      const seconds = await explain(error);
      if (seconds === null) return;
      await pause(seconds);
    }
  }
}

/** Says what is wrong. Resolves to the seconds until the next attempt, or to null where there is none. */
async function explain(error) {
  if (!(error instanceof ApiError)) {
    say('The gateway does not answer', 'Trying again…', { spinner: true });
    return backOff();
  }
  switch (error.status) {
    case 401:
    case 403:
      return askKey(error.status === 403);
    case 409:
      showState('waiting', false);
      say('Nothing is live in this room', 'It starts here by itself as soon as somebody publishes.');
      return newsComes ? 10 : error.retryAfter ?? 2; // where events tell of it, asking again is only a safety net
    case 400:
      say('There is no such room', error.message);
      return null;
    case 406:
      say('This browser can’t play the stream', error.message);
      return 10;
    default:
      say(error.problem?.title ?? 'That did not work', error.message, { spinner: error.status >= 500 });
      return Math.max(error.retryAfter ?? 0, backOff());
  }
}

async function askKey(wasWrong) {
  say('This room needs a key', '', { action: { label: 'Enter the key', run: connect } });
  const key = await askForKey(byId('ask'), wasWrong);
  if (!key) return null;
  query.delete('token');
  history.replaceState(null, '', `?${query}`);
  rememberKey(room, key);
  return 0;
}

function backOff() {
  retryDelay = Math.min(retryDelay * 1.6, 10);
  return retryDelay;
}

/** Waits, or less where news comes that makes an attempt worth while. */
function pause(seconds) {
  listenForNews();
  return new Promise((resolve) => {
    const timer = setTimeout(done, seconds * 1000);
    wake = done;
    function done() {
      clearTimeout(timer);
      wake = null;
      resolve();
    }
  });
}

/** The room's events are heard only while there is no session: that one has its own. */
function listenForNews() {
  stopListening ??= listen({
    room,
    onEvent: ({ type }) => { if (/^(publication\.(started|resumed)|track\.added)$/.test(type)) wake?.(); },
    onOpen: () => { newsComes = true; },
    onLost: () => { newsComes = false; },
  });
}

function stopNews() {
  stopListening?.();
  stopListening = null;
  newsComes = false;
}

function follow(opened, mine) {
  const on = (type, act) => opened.addEventListener(type, (event) => { if (opened === session || mine === generation) act(event.detail); });
  on('connected', () => { retryDelay = 1; });
  on('away', () => {
    showState('waiting', false);
    say('The publisher has gone', 'Waiting for its return. It goes on here by itself.', { spinner: true, over: true });
  });
  on('back', () => { saidNothing(); showState('LIVE', true); if (opened === session && !opened.kinds.includes('video')) onSoundOnly(); });
  on('viewers', ({ viewercount }) => showViewers(viewercount));
  on('note', ({ text }) => { note = text ?? ''; if (opened === session && !opened.kinds.includes('video')) onSoundOnly(); showNotices(); });
  on('media', ({ kinds }) => { if (opened === session && kinds.some((kind) => !opened.kinds.includes(kind))) swap(); });
  on('closed', ({ reason }) => { if (opened === session || session === null) onClosed(reason); });
}

function adopt(opened) {
  stopNews();
  session?.close();
  session = opened;
  figures = new Figures();
  video.srcObject = opened.stream;
  byId('controls').hidden = false;
  video.addEventListener('playing', () => { if (session === opened) onPlaying(); }, { once: true });
  if (!opened.kinds.includes('video')) onSoundOnly();
  controls.start();
  showDetails();
}

function onPlaying() {
  saidNothing();
  showState('LIVE', true);
  byId('figures').hidden = false;
  if (!session.kinds.includes('video')) onSoundOnly();
}

function onSoundOnly() {
  showState('LIVE', true);
  byId('figures').hidden = false;
  say('Sound only', note || 'There is no picture. It appears here by itself when there is one.');
}

function onClosed(reason) {
  session = null;
  showState('', false);
  if (reason === 'kicked') {
    say(reasons.kicked, '', { action: { label: 'Watch again', run: connect } });
    return;
  }
  say(reasons[reason] ?? 'Connecting again…', reasons[reason] ? 'Trying again…' : '', { spinner: true, over: true });
  pause(reason === 'no-connection' ? backOff() : 0.3).then(connect);
}

/** A medium came that this session did not negotiate: a second one takes over as soon as it plays. */
async function swap() {
  const mine = ++generation;
  const next = new WhepSession(endpoint, keyOf(room));
  const stage = element('video', { playsInline: true, muted: true, class: 'waiting' });
  try {
    await next.open();
    if (mine !== generation) return next.close();
    stage.srcObject = next.stream;
    video.before(stage);
    stage.play().catch(() => {});
    await firstOf(stage, 'playing', swapPatience);
    if (mine !== generation) throw new Error('overtaken');
    takeOver(stage, next, mine);
  } catch {
    stage.remove();
    next.close();
  }
}

function takeOver(stage, next, mine) {
  const old = video;
  video = stage;
  stage.classList.remove('waiting');
  controls.use(stage);
  follow(next, mine);
  session.close();
  session = next;
  figures = new Figures();
  old.srcObject = null;
  old.remove();
  onPlaying();
  controls.start();
}

function firstOf(target, type, milliseconds) {
  return new Promise((resolve, reject) => {
    target.addEventListener(type, resolve, { once: true });
    setTimeout(() => reject(new Error(`no ${type}`)), milliseconds);
  });
}

// --- what is beside the picture ----------------------------------------------------------------------------------------

async function showFigures() {
  if (!session?.peer || document.hidden) return;
  const now = await figures.look(session.peer).catch(() => null);
  if (!now) return;
  figure('latency', now.latency === null || !now.bitrate ? null : `${Math.round(now.latency)} ms`);
  figure('bitrate', bitrate(now.bitrate));
  figure('picture', now.width ? `${now.width}×${now.height}` : null, now.fps ? `${Math.round(now.fps)} fps` : '');
  figure('codecs', now.codecs.map((codec) => (codec === 'opus' ? 'Opus' : codec)).join(' + ') || null);
  figure('roundTrip', now.roundTrip === undefined ? null : `${Math.round(now.roundTrip * 1000)} ms`);
  figure('lost', String(now.lost));
}

function figure(name, text, small = '') {
  document.querySelector(`[data-figure="${name}"]`).replaceChildren(text ?? '–', ...(small ? [' ', element('small', {}, small)] : []));
}

async function showDetails() {
  if (!session || document.hidden) return;
  try {
    const details = await get(`/rooms/${encodeURIComponent(room)}`);
    const shown = details.publications.find((p) => (publication ? p.name === publication : p.state === 'live')) ?? details.publications[0];
    showViewers(details.viewers);
    warnings = shown?.warnings ?? [];
    showNotices();
  } catch {
    // The stage says what is wrong.
  }
}

function showNotices() {
  const texts = note && !warnings.includes(note) ? [note, ...warnings] : warnings;
  if (texts.join() === byId('notices').dataset.shown) return;
  byId('notices').dataset.shown = texts.join();
  byId('notices').replaceChildren(...texts.map((text) => element('li', { class: 'notice' }, text)));
}

function showViewers(number) {
  byId('viewers').textContent = count(number, 'viewer', 'viewers');
}

byId('room').textContent = publication ? `${room} · ${publication}` : room;
document.title = `${room} – Gateway`;
setInterval(showFigures, 1000);
setInterval(showDetails, detailsInterval);
document.addEventListener('visibilitychange', () => { if (!document.hidden) wake?.(); });
addEventListener('pagehide', () => session?.close());
addEventListener('pageshow', (event) => { if (event.persisted) connect(); });
if (room) connect();
else say('Which room?', 'Choose one on the page of rooms.', { action: { label: 'All rooms', run: () => { location.href = './'; } } });
