// A WHIP client of the tests' own (RFC 9725): a canvas with the clock in its barcode and a tone, one POST, DELETE at the end.
import { now } from './job.js';
import { throughPort } from './whep.js';

const BITS = 16;

/** Draws the clock, 30 times a second, in bars and over a moving ground. */
export class ClockCanvas {
  constructor(width, height) {
    this.canvas = document.createElement('canvas');
    Object.assign(this.canvas, { width, height });
    this.context = this.canvas.getContext('2d');
    this.stream = this.canvas.captureStream(30);
    this.draw();
    this.timer = setInterval(() => this.draw(), 1000 / 30);
  }

  draw() {
    const { context, canvas: { width, height } } = this;
    const code = Math.round(now()) & 0xffff;
    context.fillStyle = `hsl(${(code >> 4) % 360} 60% 50%)`;
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#888';
    context.fillRect((code >> 3) % width, height / 2, 40, 40);
    for (let bit = 0; bit < BITS; bit++) {
      context.fillStyle = (code >> bit) & 1 ? '#fff' : '#000';
      context.fillRect((bit * width) / BITS, 0, width / BITS, height / 8);
    }
  }

  stop() {
    clearInterval(this.timer);
  }
}

export class WhipPublisher {
  constructor({ codec, width = 320, height = 180, frequency = 1000, encodings, viaOut = 0 }) {
    this.via = viaOut; // the port of a relay on this machine, instead of the gateway's own candidates
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.picture = new ClockCanvas(width, height);
    this.context = new AudioContext({ sampleRate: 48000 });
    const tone = new OscillatorNode(this.context, { frequency });
    const volume = new GainNode(this.context, { gain: 0.3 });
    const sound = new MediaStreamAudioDestinationNode(this.context, { channelCount: 1 });
    tone.connect(volume).connect(sound);
    tone.start();
    this.context.resume();
    const [track] = this.picture.stream.getVideoTracks();
    const video = this.pc.addTransceiver(track, { direction: 'sendonly', streams: [this.picture.stream], sendEncodings: encodings ?? [{}] });
    this.pc.addTransceiver(sound.stream.getAudioTracks()[0], { direction: 'sendonly', streams: [this.picture.stream] });
    const { codecs } = RTCRtpSender.getCapabilities('video');
    const wanted = codecs.filter(({ mimeType, sdpFmtpLine = '' }) => mimeType === `video/${codec}`
      && !/packetization-mode=0|profile-id=[1-3]|profile=[1-2]/.test(sdpFmtpLine));
    video.setCodecPreferences([...wanted, ...codecs.filter(({ mimeType }) => mimeType === 'video/rtx')]);
  }

  async post(url) {
    await this.pc.setLocalDescription();
    const answer = await fetch(url, {
      method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: this.pc.localDescription.sdp,
    });
    this.status = answer.status;
    this.answer = await answer.text();
    if (answer.status !== 201) return false;
    this.location = new URL(answer.headers.get('Location'), url);
    await this.pc.setRemoteDescription({ type: 'answer', sdp: this.via ? throughPort(this.answer, this.via) : this.answer });
    return true;
  }

  async stats() {
    const kept = {};
    const report = await this.pc.getStats();
    for (const entry of report.values()) {
      if (entry.type === 'outbound-rtp') (kept[entry.kind] ??= []).push(entry);
      if (entry.type === 'candidate-pair' && entry.nominated) kept.pair = entry;
      if (entry.type === 'codec') kept[entry.mimeType.split('/')[0] + 'Codec'] = entry.mimeType;
    }
    kept.protocol = report.get(kept.pair?.localCandidateId)?.protocol;
    return kept;
  }

  /** Now, and how many frames have been encoded until now. */
  async encoded() {
    const { video = [] } = await this.stats();
    return [now(), video.reduce((sum, { framesEncoded = 0 }) => sum + framesEncoded, 0)];
  }

  async close() {
    if (this.location) this.left = (await fetch(this.location, { method: 'DELETE' })).status;
    this.pc.close();
    this.picture.stop();
    this.context.close();
  }
}
