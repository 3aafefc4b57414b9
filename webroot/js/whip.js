// A WHIP publishing session (RFC 9725): one POST, one peer connection, one DELETE. Knows nothing of the page.

import { ApiError } from './api.js';

const patience = 12000; // from the answer to the first connected state

/** One session. Events: `connected`, `closed` (detail: {reason}). After `closed` it is over; make another. */
export class WhipSession extends EventTarget {
  #peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  #resource = null;
  #over = false;
  #timer = 0;

  /**
   * @param {MediaStream} stream  what is sent
   * @param {{codec: string, bitrate: number}} wish  mime type, or '' for the browser's choice; bits per second, 0 = no limit
   */
  constructor(stream, { codec = '', bitrate = 0 } = {}) {
    super();
    for (const track of stream.getTracks()) {
      const isVideo = track.kind === 'video';
      const transceiver = this.#peer.addTransceiver(track, {
        direction: 'sendonly', streams: [stream], sendEncodings: isVideo && bitrate ? [{ maxBitrate: bitrate }] : [{}],
      });
      if (isVideo && codec) prefer(transceiver, codec);
    }
    this.#peer.onconnectionstatechange = () => this.#onState(this.#peer.connectionState);
  }

  /** Of what is sent. */
  getStats() {
    return this.#peer.getStats();
  }

  /** Posts the offer. Throws ApiError where the gateway refuses. */
  async open(endpoint, token) {
    await this.#peer.setLocalDescription();
    const headers = { 'Content-Type': 'application/sdp' };
    if (token) headers.Authorization = `Bearer ${token}`;
    const response = await fetch(endpoint, { method: 'POST', headers, body: this.#peer.localDescription.sdp });
    if (response.status !== 201) throw await ApiError.of(response);
    this.#resource = new URL(response.headers.get('Location'), location.href);
    await this.#peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    this.#timer = setTimeout(() => this.#end('no media connection to the gateway'), patience);
  }

  /** Leaves; idempotent. The request outlives the page. */
  close() {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#peer.close();
    if (this.#resource) fetch(this.#resource, { method: 'DELETE', keepalive: true }).catch(() => {});
  }

  #onState(state) {
    if (state === 'connected') {
      clearTimeout(this.#timer);
      this.dispatchEvent(new Event('connected'));
    }
    if (state === 'failed' || state === 'closed') this.#end('the connection was lost, or somebody took the room over');
  }

  #end(reason) {
    if (this.#over) return;
    this.close();
    this.dispatchEvent(new CustomEvent('closed', { detail: { reason } }));
  }
}

function prefer(transceiver, codec) {
  const { codecs } = RTCRtpSender.getCapabilities('video');
  const chosen = codecs.filter(({ mimeType }) => mimeType === codec);
  const rest = codecs.filter(({ mimeType }) => mimeType !== codec);
  if (chosen.length) transceiver.setCodecPreferences([...chosen, ...rest]);
}
