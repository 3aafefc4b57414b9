// The room's signalling (docs/room-protocol.md): one socket, brought back by itself under the same place. Knows nothing of media or of the page.

import { ApiError } from '../api.js';

const version = 1;
const joinPatience = 8000;    // from the attempt to `joined`
const answerPatience = 10000; // from an offer to its answer
const pingInterval = 4000;    // what is silent for two of them is dead
const firstDelay = 500, longestDelay = 8000;
const goodTime = 10000;       // what ends sooner counts as one more attempt that failed

// After these the gateway does not want the same again.
const final = new Set(['left', 'taken-over', 'kicked', 'room-full', 'too-many-rooms', 'bad-message', 'bad-version', 'flood', 'too-large', 'binary']);

/** What ended a request: the gateway's own words, or the loss of the socket (code `lost`). */
export class SignallingError extends Error {
  constructor(code, detail) {
    super(detail || code);
    this.code = code;
  }
}

/**
 * Events: `joined` (detail: the message; also after each return), `participant`, `speaker`, `forwarded`, `ended` (detail: the message), `refused` (detail: an
 * `error` that answers no request), `lost` (the socket; it comes back by itself), `key` (detail: {wasWrong}; over, begin another with the key), `closed`
 * (detail: {reason, detail}; over).
 */
export class Signalling extends EventTarget {
  #url;
  #join;
  #socket = null;
  #isJoined = false;
  #isOver = false;
  #requests = new Map();
  #lastRequest = 0;
  #attempts = 0;
  #said = null;   // the gateway's last reason before it closed
  #heardAt = 0;
  #iceServers = [];
  #timers = { retry: 0, join: 0, ping: 0, good: 0 };
  #hurry = () => { if (!document.hidden) this.#connectAgain(0); };

  /** @param {{room: string, token: string|null, name: string, resume: string|null, lastN: number|null}} wish */
  constructor({ room, token, name, resume = null, lastN = null }) {
    super();
    this.#url = new URL(`/rooms/${encodeURIComponent(room)}/session`, location.href);
    if (token) this.#url.searchParams.set('token', token);
    this.#join = { type: 'join', version, name, ...(resume ? { resume } : {}), ...(lastN === null ? {} : { lastN }) };
  }

  get isJoined() {
    return this.#isJoined;
  }

  /** For the peer connections. */
  get iceServers() {
    return this.#iceServers;
  }

  /** The secret that brings this place back, for 30 s after the socket is gone. */
  get resume() {
    return this.#join.resume ?? null;
  }

  open() {
    addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
    this.#connect();
  }

  /** Sends where there is a place to send to; what changes while there is none is told anew after `joined`. */
  send(message) {
    if (this.#isJoined) this.#socket.send(JSON.stringify(message));
  }

  /**
   * Sends an offer and waits for its answer.
   * @param {'send'|'receive'} pc
   * @param {{mid: string, publication: string}[]} tracks
   * @returns {Promise<{sdp: string, tracks: object[]}>}  rejects with SignallingError
   */
  offer(pc, sdp, tracks) {
    if (!this.#isJoined) return Promise.reject(new SignallingError('lost'));
    const request = ++this.#lastRequest;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#drop('no-answer'), answerPatience);
      this.#requests.set(request, { resolve, reject, timer });
      this.send({ type: 'offer', pc, sdp, tracks, request });
    });
  }

  /** How many videos at most flow here: the last speakers'. null = all. */
  showAtMost(lastN) {
    if (lastN === null) delete this.#join.lastN;
    else this.#join.lastN = lastN;
    this.send({ type: 'settings', lastN });
  }

  /** Gives the place up. No `closed` event follows. */
  leave() {
    this.send({ type: 'leave' });
    this.#finish();
    this.#socket?.close(1000, 'left');
    this.#forget();
  }

  /** The page goes away, perhaps to come back: the place is kept for a while. */
  suspend() {
    this.#finish();
    this.#socket?.close(1000);
    this.#forget();
  }

  #connect() {
    const socket = this.#socket = new WebSocket(Object.assign(new URL(this.#url), { protocol: location.protocol === 'https:' ? 'wss:' : 'ws:' }));
    let wasOpen = false;
    this.#said = null;
    this.#timers.join = setTimeout(() => this.#drop('no-answer'), joinPatience);
    socket.onopen = () => {
      wasOpen = true;
      socket.send(JSON.stringify(this.#join));
    };
    socket.onmessage = ({ data }) => { if (socket === this.#socket) this.#onMessage(JSON.parse(data)); };
    socket.onclose = ({ reason }) => { if (socket === this.#socket) this.#onClose(wasOpen, reason || this.#said?.reason); };
  }

  #onMessage(message) {
    this.#heardAt = performance.now();
    switch (message.type) {
      case 'joined': return this.#onJoined(message);
      case 'answer': return this.#settle(message.request, ({ resolve }) => resolve(message));
      case 'error': return this.#onError(message);
      case 'closed': this.#said = { reason: message.reason, detail: message.detail }; return undefined;
      case 'pong': return undefined;
      default: return this.#emit(message.type, message);
    }
  }

  #onJoined(message) {
    clearTimeout(this.#timers.join);
    this.#timers.good = setTimeout(() => { this.#attempts = 0; }, goodTime);
    this.#isJoined = true;
    this.#join.resume = message.resume;
    this.#iceServers = message.iceServers ?? [];
    this.#timers.ping = setInterval(() => {
      if (performance.now() - this.#heardAt > pingInterval * 2) this.#drop('silent');
      else this.send({ type: 'ping' });
    }, pingInterval);
    this.#emit('joined', message);
  }

  #onError(message) {
    this.#said = { reason: message.code, detail: message.detail };
    if (this.#requests.has(message.request)) this.#settle(message.request, ({ reject }) => reject(new SignallingError(message.code, message.detail)));
    else this.#emit('refused', message);
  }

  #settle(request, act) {
    const waiting = this.#requests.get(request);
    if (!waiting) return;
    this.#requests.delete(request);
    clearTimeout(waiting.timer);
    act(waiting);
  }

  /** The socket is of no use although it may look alive. */
  #drop(reason) {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#onClose(true, reason);
  }

  async #onClose(wasOpen, reason) {
    const wasJoined = this.#isJoined;
    this.#forget();
    if (this.#isOver) return;
    if (final.has(reason)) return this.#end(reason);
    if (!wasOpen && !await this.#mayTryAgain()) return;
    if (wasJoined || this.#attempts === 0) this.#emit('lost', { reason });
    this.#connectAgain(Math.min(longestDelay, firstDelay * 1.7 ** this.#attempts) * (0.8 + Math.random() * 0.4));
  }

  /** A socket does not tell which status refused it; a plain request of the same address does. */
  async #mayTryAgain() {
    const response = await fetch(this.#url, { cache: 'no-store' }).catch(() => null);
    if (this.#isOver) return false;
    if (response?.status === 401 || response?.status === 403) {
      this.#finish();
      this.#emit('key', { wasWrong: this.#url.searchParams.has('token') });
      return false;
    }

    if (response?.status !== 400) return true;
    const { message } = await ApiError.of(response);
    this.#end('bad-name', message);
    return false;
  }

  #connectAgain(delay) {
    if (this.#isOver || this.#socket) return;
    clearTimeout(this.#timers.retry);
    this.#timers.retry = setTimeout(() => { if (!this.#isOver && !this.#socket) this.#connect(); }, delay);
    this.#attempts++;
  }

  #forget() {
    this.#socket = null;
    this.#isJoined = false;
    clearTimeout(this.#timers.join);
    clearTimeout(this.#timers.good);
    clearInterval(this.#timers.ping);
    for (const request of [...this.#requests.keys()]) this.#settle(request, ({ reject }) => reject(new SignallingError('lost')));
  }

  #end(reason, detail = this.#said?.detail) {
    this.#finish();
    this.#emit('closed', { reason, detail });
  }

  #finish() {
    this.#isOver = true;
    clearTimeout(this.#timers.retry);
    removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
