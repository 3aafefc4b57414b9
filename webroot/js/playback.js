// Plays files into a room: what runs there, where it stands, and its controls.

import { ApiError, get, send } from './api.js';
import { byId, element } from './dom.js';
import { duration as time } from './format.js';
import { askForKey, keyOf, rememberKey } from './keys.js';

const interval = 1000;
const form = byId('order');
const fields = form.elements;
const shown = new Map(); // playbacks by id: their elements
let asked = false;
let looking = false;

function warn(text = '') {
  byId('notice').hidden = !text;
  byId('notice').textContent = text;
}

const room = () => (fields.room.checkValidity() ? fields.room.value : '');
const path = (id) => `/rooms/${encodeURIComponent(room())}/playback${id ? `/${id}` : ''}`;

/** Does what may need a key; asks for one, and once more where it was wrong. Undefined = it did not succeed, which the page says. */
async function tryWithKey(work) {
  for (let wasWrong = false; ; wasWrong = true) {
    try {
      const result = await work(keyOf(room()));
      warn();
      return result ?? null;
    } catch (error) {
      warn(error.message);
      const needsKey = error instanceof ApiError && (error.status === 401 || error.status === 403);
      if (!needsKey || asked) return undefined;
      asked = true;
      const key = await askForKey(byId('ask'), wasWrong);
      asked = false;
      if (!key) return undefined;
      rememberKey(room(), key);
    }
  }
}

// --- the files -----------------------------------------------------------------------------------------------------

async function loadFiles() {
  const files = await tryWithKey(async (key) => {
    const all = [];
    for (;;) {
      const page = await send('GET', `/media?${new URLSearchParams({ offset: all.length, limit: 200, ...room() && { room: room() } })}`, undefined, key);
      all.push(...page.items);
      if (page.items.length === 0 || all.length >= page.total) return all;
    }
  });
  if (!files) return;
  const chosen = fields.file.value;
  fields.file.replaceChildren(...files.map(({ name }) => element('option', { value: name }, name)));
  if (files.some(({ name }) => name === chosen)) fields.file.value = chosen;
  byId('play').disabled = files.length === 0;
  if (files.length === 0) warn('The media folder is empty. Put FLV, MP4 or WebM files there.');
}

async function play(event) {
  event.preventDefault();
  byId('play').disabled = true;
  const order = { file: fields.file.value, as: fields.as.value, loop: fields.loop.checked };
  await tryWithKey((key) => send('POST', path(), order, key));
  byId('play').disabled = fields.file.options.length === 0;
  await look();
}

// --- what runs -----------------------------------------------------------------------------------------------------

async function look() {
  if (looking) return;
  looking = true;
  try {
    show(room() ? (await get(`${path()}?limit=200`)).items : []);
  } catch (error) {
    warn(error.message);
  } finally {
    looking = false;
  }
}

function show(playbacks) {
  const list = byId('playbacks');
  const now = playbacks.reverse();
  byId('none').hidden = now.length > 0;
  for (const [id, item] of shown) {
    if (now.some((playback) => playback.id === id)) continue;
    item.root.remove();
    shown.delete(id);
  }
  now.forEach((playback, index) => {
    if (!shown.has(playback.id)) shown.set(playback.id, make(playback));
    const item = shown.get(playback.id);
    update(item, playback);
    if (list.children[index] !== item.root) list.insertBefore(item.root, list.children[index] ?? null);
  });
}

function make({ id, files, publications }) {
  const change = async (body) => {
    await tryWithKey((key) => send('PATCH', path(id), body, key));
    await look();
  };
  const item = {
    state: element('span', { class: 'pill' }),
    position: element('span', { class: 'time' }),
    slider: element('input', { type: 'range', min: 0, step: 0.1, 'aria-label': 'Position' }),
    pause: element('button', { type: 'button' }),
    loop: element('button', { type: 'button', 'aria-pressed': 'false' }, 'Loop'),
    end: element('button', { type: 'button' }, 'End'),
    notes: element('div'),
    isPaused: false,
    loops: false,
  };
  item.pause.addEventListener('click', () => change({ paused: !item.isPaused }));
  item.loop.addEventListener('click', () => change({ loop: !item.loops }));
  item.slider.addEventListener('change', () => change({ position: Number(item.slider.value) }));
  item.end.addEventListener('click', async () => {
    await tryWithKey((key) => send('DELETE', path(id), undefined, key));
    await look();
  });
  item.controls = element('div', { class: 'actions' }, item.pause, item.loop, item.end, watchLink(publications));
  item.root = element('li', { 'data-playback': id },
    element('div', { class: 'top' }, element('strong', {}, files.length > 1 ? `${files[0]} and ${files.length - 1} more` : files[0] ?? ''),
      element('span', { class: 'quiet' }, `as ${publications.join(', ')}`), item.state),
    element('div', { class: 'where' }, item.slider, item.position), item.controls, item.notes);
  return item;
}

function watchLink(publications) {
  const query = { room: room(), ...publications.length === 1 && { publication: publications[0] } };
  return element('a', { class: 'button', href: publications.length === 1 ? `watch.html?${new URLSearchParams(query)}` : `room.html?${new URLSearchParams(query)}` }, 'Watch');
}

function update(item, { state, position, duration, loop, reason, notes }) {
  const isOver = ['finished', 'stopped', 'failed'].includes(state);
  item.isPaused = state === 'paused';
  item.loops = loop;
  item.state.textContent = state;
  item.state.classList.toggle('live', state === 'playing');
  item.position.textContent = `${time(position)} / ${time(duration)}`;
  item.slider.max = Math.max(duration, 0.1);
  if (document.activeElement !== item.slider || !item.slider.matches(':active')) item.slider.value = position;
  item.slider.disabled = item.controls.hidden = isOver;
  item.pause.textContent = item.isPaused ? 'Resume' : 'Pause';
  item.loop.setAttribute('aria-pressed', String(loop));
  item.loop.textContent = loop ? 'Loops' : 'Loop';
  const texts = [...new Set([...reason ? [reason] : [], ...notes])];
  item.notes.replaceChildren(...texts.map((text) => element('div', { class: 'why' }, text)));
}

fields.room.value = new URLSearchParams(location.search).get('room') ?? 'studio';
fields.room.addEventListener('change', () => { loadFiles(); look(); });
form.addEventListener('submit', play);
loadFiles();
look();
setInterval(() => { if (!document.hidden) look(); }, interval);
