// The archive's part of the API, with the keys that it asks for.

import { ApiError } from '../api.js';
import { byId } from '../dom.js';
import { askForKey, keyOf, rememberKey } from '../keys.js';

const base = '/api/v1';
const adminStorage = 'key:*admin*'; // no room can have this name

function adminKey() {
  try {
    return sessionStorage.getItem(adminStorage);
  } catch {
    return null;
  }
}

function rememberAdminKey(key) {
  try {
    sessionStorage.setItem(adminStorage, key);
  } catch {
    // Storage is off: asked for each time.
  }
}

async function send(method, path, key, body) {
  const headers = { Accept: 'application/json' };
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body) headers['Content-Type'] = 'application/json';
  const response = await fetch(base + path, { method, headers, body: body ? JSON.stringify(body) : undefined });
  if (!response.ok) throw await ApiError.of(response);
  return response.status === 204 ? null : response.json();
}

/** Asks for a key as long as one is needed and the person does not give up. */
async function withKey(key, remember, text, request) {
  for (let asked = false; ; asked = true) {
    try {
      return await request(key);
    } catch (error) {
      if (!['key-required', 'key-wrong', 'local-only'].includes(error.type)) throw error;
      byId('ask-text').textContent = text;
      key = await askForKey(byId('ask'), asked && error.type === 'key-wrong');
      if (!key) throw error;
      remember(key);
    }
  }
}

/** A page of the list, newest first. */
export function list({ room, from, to, offset }) {
  const query = new URLSearchParams({ offset: String(offset), limit: '24' });
  if (room) query.set('room', room);
  if (from) query.set('from', new Date(`${from}T00:00:00`).toISOString());
  if (to) query.set('to', new Date(new Date(`${to}T00:00:00`).getTime() + 86400000).toISOString());
  return withKey(room ? keyOf(room) : adminKey(), (key) => rememberKey(room, key), `The recordings of room ${room} need its key.`, (key) => send('GET', `/recordings?${query}`, key));
}

export function find(id, room) {
  return withKey(keyOf(room), (key) => rememberKey(room, key), `The recordings of room ${room} need its key.`, (key) => send('GET', `/recordings/${encodeURIComponent(id)}`, key));
}

const adminText = 'From another machine than the gateway’s own, this needs the admin key.';

export function change(method, path, body) {
  return withKey(adminKey(), rememberAdminKey, adminText, (key) => send(method, path, key, body));
}

/** Address of a recording's file. A video element can't send a header. */
export function fileUrl(recording, file) {
  const key = keyOf(recording.room) ?? adminKey();
  return `/recordings/${encodeURIComponent(recording.id)}/${encodeURIComponent(file)}${key ? `?${new URLSearchParams({ token: key })}` : ''}`;
}
