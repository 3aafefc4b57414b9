// The page of rooms: what is live, kept up to date, and how to push.

import { allRooms, get, listen } from './api.js';
import { byId, element } from './dom.js';
import { count, hostPort, track } from './format.js';
import { showTabs } from './tabs.js';

const figuresInterval = 5000;
let loading = null;
let again = false;

/** Loads the rooms; calls that come meanwhile are answered by one more load. */
async function refresh() {
  if (loading) {
    again = true;
    return;
  }
  loading = load();
  await loading;
  loading = null;
  if (again) {
    again = false;
    refresh();
  }
}

async function load() {
  try {
    show(await allRooms());
  } catch {
    byId('summary').textContent = 'The gateway does not answer. Trying again…';
  }
}

function show(rooms) {
  const live = rooms.filter((room) => room.isLive).length;
  byId('summary').textContent = rooms.length === 0 ? 'None yet' : `${count(live, 'room', 'rooms')} live`;
  document.title = live ? `(${live}) Gateway` : 'Gateway';
  byId('empty').hidden = rooms.length > 0;
  replaceRooms(rooms);
}

/** Replaces only the cards that changed, so that focus and hover stay where they are. */
function replaceRooms(rooms) {
  const list = byId('rooms');
  const shown = new Map([...list.children].map((card) => [card.dataset.room, card]));
  rooms.forEach((room, index) => {
    const text = JSON.stringify(room);
    let card = shown.get(room.name);
    shown.delete(room.name);
    if (!card || card.roomText !== text) {
      const fresh = cardOf(room);
      fresh.roomText = text;
      const hadFocus = card?.contains(document.activeElement);
      card?.replaceWith(fresh);
      card = fresh;
      if (hadFocus) card.querySelector('a')?.focus();
    }
    if (list.children[index] !== card) list.insertBefore(card, list.children[index] ?? null);
  });
  for (const gone of shown.values()) gone.remove();
}

function cardOf(room) {
  const single = room.publications.length === 1;
  return element('li', { class: 'room', 'data-room': room.name },
    element('div', { class: 'top' },
      element('h3', {}, element('a', { href: watchUrl(room.name), class: single ? 'whole' : null }, room.name)),
      room.isLive ? element('span', { class: 'pill live' }, 'LIVE') : element('span', { class: 'pill' }, 'waiting')),
    element('ul', {}, ...room.publications.map((publication) => publicationOf(room, publication, single))),
    element('div', { class: 'bottom' },
      element('span', {}, count(room.viewers, 'viewer', 'viewers')),
      room.viewKeyRequired && element('span', {}, 'needs a key'),
      element('a', { class: 'meet', href: `room.html?${new URLSearchParams({ room: room.name })}` }, 'Open room')));
}

function publicationOf(room, publication, single) {
  return element('li', { class: 'publication' },
    !single && element('a', { href: watchUrl(room.name, publication.name) }, titleOf(room, publication.name)),
    element('div', { class: 'facts' }, ...publication.tracks.map((t) => element('span', {}, track(t)))),
    publication.state === 'away' && element('div', { class: 'why' }, 'The publisher has gone; waiting for its return'),
    ...publication.warnings.map((warning) => element('div', { class: 'why' }, warning)));
}

/** What a participant sends bears the participant's name, not the id that it is published under. */
function titleOf({ participants = [] }, publication) {
  const owner = participants.find(({ publications }) => publications.includes(publication));
  if (!owner) return publication;
  return publication === owner.id ? owner.name : `${owner.name}’s screen`;
}

function watchUrl(room, publication) {
  const query = new URLSearchParams({ room });
  if (publication) query.set('publication', publication);
  return `watch.html?${query}`;
}

// --- how to push ---------------------------------------------------------------------------------------------------

let server = 'rtmp://' + location.hostname + '/live';

function commands(room) {
  const url = `${server}/${room}`;
  return {
    server,
    key: room,
    'ffmpeg-test': 'ffmpeg -re -f lavfi -i testsrc2=size=1280x720:rate=30 -f lavfi -i sine=frequency=440:sample_rate=48000 '
      + `-c:v libx264 -preset veryfast -tune zerolatency -pix_fmt yuv420p -g 60 -b:v 2500k -c:a aac -b:a 128k -f flv ${url}`,
    'ffmpeg-file': `ffmpeg -re -stream_loop -1 -i FILE -c:v libx264 -preset veryfast -c:a aac -f flv ${url}`,
    gstreamer: 'gst-launch-1.0 -e videotestsrc is-live=true ! video/x-raw,width=1280,height=720,framerate=30/1 '
      + '! x264enc tune=zerolatency key-int-max=60 bitrate=2500 ! h264parse ! flvmux name=mux streamable=true '
      + `! rtmp2sink location=${url} audiotestsrc is-live=true ! audioconvert ! avenc_aac ! aacparse ! mux.`,
  };
}

function showCommands() {
  const input = byId('room-name');
  const texts = commands(input.checkValidity() && input.value ? input.value : 'ROOM');
  for (const place of document.querySelectorAll('[data-command]')) place.textContent = texts[place.dataset.command];
}

function addCopyButtons() {
  for (const place of document.querySelectorAll('[data-command]')) {
    const button = element('button', { type: 'button' }, 'Copy');
    button.addEventListener('click', () => copy(place, button));
    place.after(button);
  }
}

async function copy(place, button) {
  try {
    await navigator.clipboard.writeText(place.textContent);
    button.textContent = 'Copied';
  } catch {
    // Without HTTPS there is no clipboard: select, so that the person can copy.
    getSelection().selectAllChildren(place);
    button.textContent = 'Selected';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}

async function showGateway() {
  try {
    const gateway = await get('/gateway');
    if (gateway.ports.rtmp) server = `rtmp://${hostPort(gateway.ports.rtmp, 1935)}/live`;
    else if (gateway.ports.rtmps) server = `rtmps://${hostPort(gateway.ports.rtmps, 443)}/live`;
    byId('notices').replaceChildren(...(gateway.missing ?? []).map((text) => element('p', { class: 'notice' }, text)));
    showCommands();
  } catch {
    // The page of rooms says so already.
  }
}

byId('room-name').addEventListener('input', showCommands);
addCopyButtons();
showCommands();
showGateway();
showTabs(document.querySelector('[role="tablist"]'));
listen({ onEvent: refresh, onOpen: refresh, onLost: refresh });
setInterval(() => { if (!document.hidden) refresh(); }, figuresInterval);
