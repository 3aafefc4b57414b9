// The page of recordings: search, play, download, export, replay, delete.

import { listen } from '../api.js';
import { byId, element } from '../dom.js';
import { bytes, count, duration, moment } from '../format.js';
import { change, fileUrl, find, list } from './archive.js';
import { Player } from './player.js';

const runningInterval = 5000;
const form = byId('search');
const player = new Player({ onClosed: showCurrent, refresh });
let shown = [];
let total = 0;
let generation = 0;

function wanted() {
  return Object.fromEntries(['room', 'from', 'to'].map((name) => [name, form.elements[name].value.trim()]));
}

/** Loads the list anew, as far as it is shown. */
async function load({ more = false } = {}) {
  const mine = ++generation;
  const offset = more ? shown.length : 0;
  try {
    const page = await list({ ...wanted(), offset });
    if (mine !== generation) return;
    shown = more ? [...shown, ...page.items] : page.items;
    total = page.total;
    show();
  } catch (error) {
    if (mine === generation) byId('summary').textContent = error.message ?? 'The gateway does not answer.';
  }
}

function show() {
  byId('summary').textContent = count(total, 'recording', 'recordings');
  byId('more').hidden = shown.length >= total;
  byId('empty').hidden = total > 0;
  const { room, from, to } = wanted();
  byId('empty').textContent = room || from || to ? 'Nothing was recorded there.' : 'Nothing has been recorded yet.';
  const cards = new Map([...byId('recordings').children].map((card) => [card.dataset.id, card]));
  byId('recordings').replaceChildren(...shown.map((recording) => {
    const text = JSON.stringify(recording);
    const known = cards.get(recording.id);
    if (known?.text === text) return known;
    const card = cardOf(recording);
    card.text = text;
    return card;
  }));
  showCurrent();
}

function showCurrent() {
  for (const card of byId('recordings').children) card.setAttribute('aria-current', String(card.dataset.id === player.recording?.id));
}

async function refresh(id) {
  const known = shown.find((recording) => recording.id === id);
  const recording = known && await find(id, known.room).catch(() => null);
  if (!recording) return null;
  shown = shown.map((other) => (other.id === id ? recording : other));
  show();
  return recording;
}

function cardOf(recording) {
  const running = recording.state === 'recording';
  const segments = recording.publications.flatMap((publication) => publication.segments);
  const thumbnail = segments.find((segment) => segment.thumbnail)?.thumbnail;
  const picture = thumbnail && element('img', { src: fileUrl(recording, thumbnail), alt: '', loading: 'lazy' });
  picture?.addEventListener?.('error', () => picture.remove());
  const gaps = recording.publications.reduce((sum, publication) => sum + publication.gaps.length, 0);
  return element('li', { class: 'recording', 'data-id': recording.id },
    button('', () => play(recording), { class: 'picture', 'aria-label': `Play ${recording.room}, ${moment(new Date(recording.startedAt))}` },
      '▶', picture, running && element('span', { class: 'pill live' }, 'RECORDING'), element('span', { class: 'length' }, duration(recording.duration))),
    element('div', { class: 'text' },
      element('h3', {}, recording.room),
      element('div', { class: 'facts' }, moment(new Date(recording.startedAt))),
      element('div', { class: 'facts' }, [count(recording.publications.length, 'publication', 'publications'), codecs(segments), bytes(recording.bytes)].filter(Boolean).join(' · ')),
      recording.note && element('div', { class: 'why' }, recording.note),
      gaps > 0 && element('div', { class: 'why' }, count(gaps, 'gap', 'gaps'))),
    element('div', { class: 'actions' },
      ...downloads(recording),
      !running && button('Replay in room', () => replay(recording)),
      running ? button('End recording', () => end(recording)) : button('Delete', () => remove(recording))));
}

function button(text, action, properties = {}, ...children) {
  const made = element('button', { type: 'button', ...properties }, text, ...children);
  made.addEventListener('click', action);
  return made;
}

function codecs(segments) {
  return [...new Set(segments.flatMap((segment) => segment.tracks.map((track) => (track.codec === 'opus' ? 'Opus' : track.codec))))].join(' + ');
}

/** One link where there is one file, else a list of them in the player's order. */
function downloads(recording) {
  const files = recording.publications.flatMap((publication) => publication.segments.map((segment, index) => ({ publication, segment, index })));
  const several = files.length > 1;
  return files.slice(0, 12).map(({ publication, segment, index }) => element('a', {
    class: 'button', href: fileUrl(recording, segment.file), download: `${recording.room}-${publication.name}-${segment.startedAt.slice(0, 19).replaceAll(':', '')}.${segment.container}`,
  }, several ? `Download ${publication.name} ${index + 1}` : 'Download'));
}

function play(recording) {
  player.open(recording);
  showCurrent();
}

// --- what changes something ----------------------------------------------------------------------------------------

/** Asks before something is done. Resolves to the dialog's form, or to null. */
function sure({ title, text, action, room }) {
  const dialog = byId('sure');
  byId('sure-title').textContent = title;
  byId('sure-text').textContent = text;
  byId('sure-ok').textContent = action;
  byId('sure-room').hidden = room === undefined;
  const input = dialog.querySelector('form').elements.room;
  input.required = room !== undefined;
  input.value = room ?? '';
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'ok' ? { room: input.value.trim() } : null), { once: true });
  });
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    byId('summary').textContent = error.message;
  }
  await load();
}

async function remove(recording) {
  if (!await sure({ title: 'Delete this recording?', text: `${recording.room}, ${moment(new Date(recording.startedAt))}. Its files are removed for good.`, action: 'Delete' })) return;
  if (player.recording?.id === recording.id) player.close();
  await attempt(() => change('DELETE', `/recordings/${encodeURIComponent(recording.id)}`));
}

async function end(recording) {
  if (!await sure({ title: 'End this recording?', text: `Room ${recording.room} stays live.`, action: 'End recording' })) return;
  await attempt(() => change('DELETE', `/rooms/${encodeURIComponent(recording.room)}/recording`));
}

async function replay(recording) {
  const answer = await sure({ title: 'Replay in a room', text: 'Everything that was published comes back there, in sync, as if it were live.', action: 'Replay', room: `${recording.room}-replay`.slice(0, 64) });
  if (!answer) return;
  await attempt(async () => {
    await change('POST', `/rooms/${encodeURIComponent(answer.room)}/playback`, { recording: recording.id, publication: 'all' });
    location.href = `watch.html?${new URLSearchParams({ room: answer.room })}`;
  });
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { room, from, to } = wanted();
  history.replaceState(null, '', `?${new URLSearchParams(Object.entries({ room, from, to }).filter(([, value]) => value))}`);
  load();
});
byId('more').addEventListener('click', () => load({ more: true }));
const query = new URLSearchParams(location.search);
for (const name of ['room', 'from', 'to']) form.elements[name].value = query.get(name) ?? '';
load();
listen({ onEvent: (event) => { if (event.type.startsWith('recording.')) load(); } });
setInterval(() => { if (!document.hidden && shown.some((recording) => recording.state === 'recording')) load(); }, runningInterval);
