// A WHEP client of the tests' own (draft-ietf-wish-whep): one POST with the offer, the answer, DELETE at the end.
import { now } from './job.js';

export class WhepViewer {
  constructor({ video = true, audio = true, via = 0, only, tcpOnly = false } = {}) {
    this.via = via; // the port of a relay on this machine, instead of the gateway's own candidates
    this.tcpOnly = tcpOnly; // as if a firewall let no UDP through
    this.times = {};
    this.states = [];
    this.stream = new MediaStream();
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    if (video) this.pc.addTransceiver('video', { direction: 'recvonly' });
    if (only) {
      const { codecs } = RTCRtpReceiver.getCapabilities('video');
      this.pc.getTransceivers()[0].setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === `video/${only}` || mimeType === 'video/rtx'));
    }
    if (audio) this.pc.addTransceiver('audio', { direction: 'recvonly' });
    this.pc.ontrack = ({ track, streams }) => {
      this.msid = streams[0]?.id;
      this.stream.addTrack(track);
    };
    this.pc.onconnectionstatechange = () => {
      this.states.push([now(), this.pc.connectionState]);
      this.times[this.pc.connectionState] ??= now();
    };
  }

  async prepare() {
    await this.pc.setLocalDescription();
  }

  async post(url, token) {
    this.times.posted = now();
    const headers = { 'Content-Type': 'application/sdp' };
    if (token) headers.Authorization = `Bearer ${token}`;
    const answer = await fetch(url, { method: 'POST', headers, body: this.pc.localDescription.sdp });
    const text = await answer.text();
    this.times.answered = now();
    this.status = answer.status;
    this.answer = text;
    if (answer.status !== 201) return false;
    this.location = new URL(answer.headers.get('Location'), url);
    this.layer = answer.headers.get('Link')?.match(/<([^>]+)>; rel="urn:ietf:params:whep:ext:core:layer"/)?.[1];
    const reachable = this.tcpOnly ? withoutUdp(text) : text;
    await this.pc.setRemoteDescription({ type: 'answer', sdp: this.via ? throughPort(text, this.via) : reachable });
    return true;
  }

  /** Asks for one encoding of a simulcast publisher (the layer extension); null = the largest. */
  async choose(encodingId) {
    const answer = await fetch(new URL(this.layer, this.location), {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(encodingId ? { encodingId } : {}),
    });
    return answer.status;
  }

  async stats() {
    const kept = {};
    const report = await this.pc.getStats();
    for (const entry of report.values()) {
      if (entry.type === 'inbound-rtp') kept[entry.kind] = entry;
      if (entry.type === 'candidate-pair' && entry.nominated) kept.pair = entry;
      if (entry.type === 'transport') kept.transport = entry;
      if (entry.type === 'codec') kept[entry.mimeType.split('/')[0] + 'Codec'] = entry.mimeType;
    }
    kept.protocol = report.get(kept.pair?.localCandidateId)?.protocol;
    return kept;
  }

  async close() {
    if (this.location) await fetch(this.location, { method: 'DELETE' }).catch(() => {});
    this.pc.close();
  }
}

/** The answer with one candidate only: this port on loopback. */
export function throughPort(sdp, port) {
  let isFirst = true;
  return sdp.split('\r\n').flatMap((line) => {
    if (!line.startsWith('a=candidate:')) return [line];
    if (!isFirst) return [];
    isFirst = false;
    const [foundation, component, transport, priority] = line.split(' ');
    return [[foundation, component, transport, priority, '127.0.0.1', port, 'typ', 'host'].join(' ')];
  }).join('\r\n');
}

/** The answer without the candidates that a firewall would make useless. */
function withoutUdp(sdp) {
  return sdp.split('\r\n').filter((line) => !/^a=candidate:\S+ \d+ udp /i.test(line)).join('\r\n');
}
