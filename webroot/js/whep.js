// A WHEP player session (draft-ietf-wish-whep): one POST, one peer connection, one DELETE. Knows nothing of the page.

import { ApiError } from './api.js';
import { askForStereo } from './sdp.js';

const offerPatience = 5000;   // for a gateway that does not answer
const connectPatience = 12000; // from the answer to the first connected state

/**
 * One session. Events: `track` (a medium came), `connected`, `away` and `back` (the publisher), `media` (detail: which media the publication has now),
 * `note` (detail: {text}: what this viewer does not get, and why), `closed` (detail: {reason}). After `closed` the session is over; make another.
 */
export class WhepSession extends EventTarget {
  #endpoint;
  #token;
  #peer = null;
  #resource = null;
  #events = null;
  #over = false;
  #connectTimer = 0;

  /** @param {string} endpoint  URL to post to  @param {string|null} token  key of the room */
  constructor(endpoint, token) {
    super();
    this.#endpoint = endpoint;
    this.#token = token;
    this.stream = new MediaStream();
  }

  get peer() {
    return this.#peer;
  }

  /** True once it has ended or was left. */
  get over() {
    return this.#over;
  }

  /** Kinds of media that the answer accepted. */
  get kinds() {
    const sections = (this.#peer?.remoteDescription?.sdp ?? '').split(/\r?\n(?=m=)/).slice(1);
    return sections.filter((section) => !/^m=\w+ 0 /.test(section) && !/^a=inactive/m.test(section)).map((section) => section.slice(2, section.indexOf(' ')));
  }

  /** Posts the offer. Throws ApiError where the gateway refuses. */
  async open() {
    const peer = this.#peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    peer.addTransceiver('video', { direction: 'recvonly' });
    peer.addTransceiver('audio', { direction: 'recvonly' });
    peer.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      this.#emit('track', { track });
    };
    peer.onconnectionstatechange = () => this.#onState(peer.connectionState);
    const offer = await peer.createOffer();
    await peer.setLocalDescription({ type: 'offer', sdp: askForStereo(offer.sdp) });
    const response = await this.#post(peer.localDescription.sdp);
    if (this.#over) {
      this.#delete();
      return;
    }
    // The gateway's answer carries its candidates, and it learns ours from the first check: no trickle is needed.
    await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    this.#watchTransport(peer);
    this.#listen(response.headers.get('Link'));
    this.#connectTimer = setTimeout(() => this.#end('no-connection'), connectPatience);
  }

  /** Leaves. No `closed` event follows. */
  close() {
    if (this.#over) return;
    this.#over = true;
    this.#tearDown();
    this.#delete();
  }

  async #post(sdp) {
    const headers = { 'Content-Type': 'application/sdp', Accept: 'application/sdp' };
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    const response = await fetch(this.#endpoint, { method: 'POST', headers, body: sdp, signal: AbortSignal.timeout(offerPatience) });
    if (response.status !== 201) throw await ApiError.of(response);
    this.#resource = new URL(response.headers.get('Location'), response.url).href;
    return response;
  }

  #onState(state) {
    if (state === 'connected') {
      clearTimeout(this.#connectTimer);
      this.#emit('connected');
    } else if (state === 'failed' || state === 'closed') {
      this.#end('connection-lost');
    }
  }

  /** The gateway ends a session by DTLS close_notify, which shows on the transport only. */
  #watchTransport(peer) {
    const transport = peer.getReceivers()[0]?.transport;
    transport?.addEventListener('statechange', () => {
      if (transport.state === 'closed' || transport.state === 'failed') this.#end('ended');
    });
  }

  /** The server-sent-events extension: news of the publisher while the session lasts. */
  #listen(link) {
    const url = linkOf(link, 'urn:ietf:params:whep:ext:core:server-sent-events');
    if (!url) return;
    const events = this.#events = new EventSource(new URL(url, this.#resource));
    let away = false;
    events.addEventListener('inactive', () => { away = true; this.#emit('away'); });
    events.addEventListener('active', () => { if (away) this.#emit('back'); away = false; });
    events.addEventListener('media', (message) => this.#emit('media', JSON.parse(message.data)));
    events.addEventListener('viewercount', (message) => this.#emit('viewers', JSON.parse(message.data)));
    events.addEventListener('note', (message) => this.#emit('note', JSON.parse(message.data)));
    events.addEventListener('closed', (message) => {
      const { reason, publicationEnded } = JSON.parse(message.data);
      this.#end(publicationEnded ? 'publisher-gone' : reason);
    });
    events.onerror = () => {
      if (events.readyState === EventSource.CLOSED) this.#end('ended');
    };
  }

  #end(reason) {
    if (this.#over) return;
    this.#over = true;
    this.#tearDown();
    this.#delete();
    this.#emit('closed', { reason });
  }

  #tearDown() {
    clearTimeout(this.#connectTimer);
    this.#events?.close();
    this.#peer?.close();
  }

  #delete() {
    if (!this.#resource) return;
    // keepalive: it must go out although the page goes away.
    fetch(this.#resource, { method: 'DELETE', keepalive: true }).catch(() => {});
    this.#resource = null;
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The target of a Link header's entry with that relation. */
export function linkOf(header, relation) {
  for (const entry of header?.split(/,\s*(?=<)/) ?? []) {
    const match = /^\s*<([^>]*)>(.*)$/.exec(entry);
    if (match && new RegExp(`;\\s*rel="?${relation}"?(;|\\s|$)`).test(match[2])) return match[1];
  }
  return null;
}
