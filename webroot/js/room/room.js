// The page of a room where everyone sees everyone: lobby, then grid and controls. What happens is told by the signalling; what is sent and received are its two sides.

import { byId } from '../dom.js';
import { count } from '../format.js';
import { askForKey, keyOf, rememberKey } from '../keys.js';
import { Bar } from './bar.js';
import { Grid } from './grid.js';
import { Lobby, remember } from './lobby.js';
import { LocalMedia } from './local.js';
import { People } from './people.js';
import { keepPlace, takePlace } from './place.js';
import { ReceivingSide } from './receiving.js';
import { SendingSide } from './sending.js';
import { Signalling } from './signalling.js';

const endings = {
  'taken-over': ['You are in this room in another window', 'There can be only one of you. Join again to take your place back here.'],
  'room-full': ['This room is full', 'Somebody has to leave before you can join. Try again later.'],
  kicked: ['You were sent out of the room', ''],
  'too-many-rooms': ['The gateway is full', 'Try again later.'],
  'bad-name': ['There is no such room', ''],
  'bad-version': ['This page is older than the gateway', 'Load it again.'],
};

const query = new URLSearchParams(location.search);
const media = new LocalMedia();
const lobby = new Lobby(media);
const grid = new Grid(byId('grid'));
const people = new People();
const bar = new Bar({ media, leave, showFigures });
let signalling = null;
let sending = null;
let receiving = null;
let wakeLock = null;

// --- coming and going ------------------------------------------------------------------------------------------------

function join(resume = null) {
  byId('lobby-notice').hidden = true;
  byId('go').disabled = true;
  byId('go').textContent = 'Joining…';
  const opened = signalling = new Signalling({ room: lobby.room, name: lobby.name, token: keyOf(lobby.room), lastN: lobby.lastN, resume });
  const on = (type, act) => opened.addEventListener(type, ({ detail }) => { if (signalling === opened) act(detail); });
  on('joined', onJoined);
  on('participant', onParticipant);
  on('speaker', ({ participant }) => { people.speaker = participant; grid.speaks(people.speakerKey); });
  on('forwarded', ({ videos }) => { people.forwarded = new Set(videos); show(); });
  on('ended', ({ pc, reason }) => onPeerEnded(pc, reason));
  on('refused', onError);
  on('lost', onLost);
  on('key', onKey);
  on('closed', ({ reason, detail }) => onClosed(reason, detail));
  opened.open();
}

function onJoined(message) {
  const isReturn = receiving !== null;
  people.joined(message);
  if (!isReturn) enter(message);
  bar.banner('');
  bar.mayPublish(message.mayPublish);
  if (isReturn) {
    sending.rejoined(message.resumed);
    receiving.rejoined(message.resumed);
    bar.toast('Connected again');
  }
  onMediaChange();
}

function enter({ room, mayPublish }) {
  document.body.dataset.view = 'room';
  byId('lobby').hidden = true;
  byId('room').hidden = false;
  byId('room-name').textContent = room;
  document.title = `${room} – Gateway`;
  lobby.moveDevices(byId('settings-devices'));
  sending = new SendingSide(signalling);
  receiving = new ReceivingSide(signalling);
  sending.addEventListener('refused', ({ detail }) => bar.toast(`The gateway does not take it: ${detail}`, true));
  receiving.addEventListener('track', ({ detail }) => onTrack(detail));
  receiving.addEventListener('refused', ({ detail }) => onRefused(detail));
  if (!mayPublish) bar.toast('With this key you can watch, but not be seen or heard.', true);
  stayAwake();
}

function onParticipant({ event, participant }) {
  const before = people.update(event, participant);
  if (event === 'joined') bar.toast(`${participant.name} is here`);
  if (event === 'left') bar.toast(`${before?.name ?? participant.name} has left`);
  show();
}

/** A peer connection that was ended for a reason of its own is made anew; one that somebody wanted to end is not. */
function onPeerEnded(pc, reason) {
  if (reason !== 'kicked') return (pc === 'send' ? sending : receiving)?.ended();
  return pc === 'send' ? onKicked() : bar.toast('You were disconnected by an administrator.', true);
}

function onKicked() {
  media.close();
  sending?.withdraw();
  bar.toast('An administrator has taken your picture and sound out of the room. You can turn them on again.', true);
}

function onError({ code, detail }) {
  if (code === 'kicked') onKicked();
  else console.warn(`The gateway says: ${code}: ${detail}`);
}

function onLost() {
  if (receiving) bar.banner('Connection lost. Trying again…');
  else lobbyNotice('The gateway does not answer. Trying again…');
}

async function onKey({ wasWrong }) {
  lobbyNotice('');
  const key = await askForKey(byId('ask'), wasWrong);
  if (!key) return receiving ? end('This room needs a key', '') : lobbyReady();
  query.delete('token');
  history.replaceState(null, '', `?${query}`);
  rememberKey(lobby.room, key);
  return receiving ? location.reload() : join();
}

function onClosed(reason, detail) {
  const [title, text] = endings[reason] ?? ['You are not in the room any more', ''];
  if (receiving) return end(title, text || detail || '');
  lobbyReady();
  return lobbyNotice(`${title}. ${text || detail || ''}`);
}

function leave() {
  signalling?.leave();
  end('You have left the room', '');
}

function end(title, text) {
  closeSides();
  media.close();
  document.body.dataset.view = 'ended';
  byId('room').hidden = true;
  byId('ended').hidden = false;
  byId('ended-title').textContent = title;
  byId('ended-text').textContent = text;
  byId('again').focus();
}

function closeSides() {
  signalling = null;
  sending?.close();
  receiving?.close();
  grid.clear();
  wakeLock?.release().catch(() => {});
}

function lobbyReady() {
  byId('go').disabled = false;
  byId('go').textContent = 'Join';
}

function lobbyNotice(text) {
  byId('lobby-notice').hidden = !text;
  byId('lobby-notice').textContent = text;
}

// --- pictures and sound ----------------------------------------------------------------------------------------------

/** Everything as it is now: who is here, and what is wanted of them. */
function show() {
  if (!receiving) return;
  byId('people').textContent = count(people.count, 'person', 'people');
  grid.show(people.looks(media));
  receiving.show(people.wanted());
  grid.speaks(people.speakerKey);
}

function onTrack({ publication, kind, receiver }) {
  people.receives(publication, kind, receiver !== null);
  const tile = grid.find(people.keyOf(publication));
  tile?.attach(kind, receiver?.track ?? null, receiver);
  show();
}

function onRefused({ publication, kind, refusal }) {
  if (!publication) return bar.toast(`The gateway refused: ${refusal}`, true);
  people.refused(publication, kind, refusal);
  return show();
}

function sendMedia() {
  sending.use('microphone', media.microphone);
  sending.mute('microphone', !media.hasSound);
  sending.use('camera', media.camera, media.bitrate);
  sending.mute('camera', !media.hasPicture);
  sending.use('screen', media.screen);
  sending.use('screenSound', media.screenSound);
}

function onMediaChange() {
  if (!receiving || !signalling) return;
  if (people.mayPublish) sendMedia();
  show();
  grid.find('me')?.attach('video', media.camera, sending.senderOf('camera'));
  grid.find('my-screen')?.attach('video', media.screen, sending.senderOf('screen'));
}

let figuresTimer = 0;

function showFigures(isWanted) {
  clearInterval(figuresTimer);
  grid.lookAtFigures(isWanted);
  if (isWanted) figuresTimer = setInterval(() => { if (!document.hidden) grid.lookAtFigures(true); }, 1000);
}

/** A phone must not go dark while somebody talks. */
async function stayAwake() {
  if (document.visibilityState !== 'visible' || !receiving || !signalling) return;
  wakeLock = await navigator.wakeLock?.request('screen').catch(() => null);
}

// --- the page --------------------------------------------------------------------------------------------------------

async function start() {
  const room = query.get('room') ?? '';
  if (room) {
    byId('lobby-title').textContent = room;
    document.title = `${room} – Gateway`;
  }
  const place = takePlace(room);
  const opening = lobby.open(room);
  if (!place || !lobby.name) return;
  await opening; // loaded anew within the time: straight back to the same place
  join(place);
}

lobby.addEventListener('join', () => {
  remember({ name: lobby.name });
  query.set('room', lobby.room);
  history.replaceState(null, '', `?${query}`);
  join();
});
lobby.addEventListener('choice', () => grid.useSpeaker(lobby.speaker));
byId('devices').elements.lastN.addEventListener('change', () => {
  if (lobby.lastN === null) people.forwarded = null;
  signalling?.showAtMost(lobby.lastN);
  show();
});
media.addEventListener('change', onMediaChange);
media.addEventListener('wish', ({ detail }) => remember(detail));
media.addEventListener('fault', ({ detail }) => (receiving ? bar.toast(detail, true) : lobbyNotice(detail)));
grid.addEventListener('blocked', () => { byId('sound').hidden = false; });
byId('sound').addEventListener('click', () => {
  byId('sound').hidden = true;
  grid.playSound();
});
byId('again').addEventListener('click', () => location.reload());
document.addEventListener('visibilitychange', stayAwake);
addEventListener('pagehide', () => {
  if (signalling?.isJoined) keepPlace(lobby.room, signalling.resume);
  signalling?.suspend();
});
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
start();
