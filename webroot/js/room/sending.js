// What this participant sends: one peer connection with up to four sections, in two publications.

import { Peer } from './peer.js';

// Each browser decodes VP8, so that nobody needs a conversion.
const preferredCodec = 'video/VP8';
const screenBitrate = 2_500_000;

const slots = {
  microphone: { publication: 'camera', kind: 'audio', stays: true },
  camera: { publication: 'camera', kind: 'video', stays: true },
  screen: { publication: 'screen', kind: 'video', stays: false },
  screenSound: { publication: 'screen', kind: 'audio', stays: false },
};

/** Events: `refused` (detail: the gateway's words). */
export class SendingSide extends EventTarget {
  #signalling;
  #peer;
  #places = new Map(Object.keys(slots).map((slot) => [slot, { track: null, transceiver: null, bitrate: 0, isMuted: false, told: null }]));
  #streams = { camera: new MediaStream(), screen: new MediaStream() };

  constructor(signalling) {
    super();
    this.#signalling = signalling;
    this.#peer = new Peer('send', signalling, {
      sections: () => this.#sections(),
      answered: (tracks) => this.#onAnswered(tracks),
      renewed: () => this.#onRenewed(),
      refused: (error) => this.#emitRefused(error.message),
    });
  }

  /** The sending side of a slot's section, for its figures. */
  senderOf(slot) {
    return this.#places.get(slot).transceiver?.sender ?? null;
  }

  /**
   * What a slot sends from now on. A camera or microphone that is taken away keeps its section, so that nothing is negotiated when it comes back.
   * @param {'microphone'|'camera'|'screen'|'screenSound'} slot
   * @param {MediaStreamTrack|null} track
   */
  use(slot, track, bitrate = slots[slot].publication === 'screen' ? screenBitrate : 0) {
    const place = this.#places.get(slot);
    if (place.track === track && place.bitrate === bitrate) return;
    place.track = track;
    place.bitrate = bitrate;
    if (!place.transceiver) {
      if (track) this.#add(slot, place);
      return;
    }
    place.transceiver.sender.replaceTrack(track).catch((error) => this.#emitRefused(error.message));
    if (track) this.#limit(place);
    const direction = track || slots[slot].stays ? 'sendonly' : 'inactive';
    if (place.transceiver.direction === direction) return;
    place.transceiver.direction = direction;
    this.#peer.negotiate();
  }

  /** Tells the others; whether anything is sent meanwhile is the track's own affair. */
  mute(slot, isMuted) {
    this.#places.get(slot).isMuted = isMuted;
    this.#tellMuted();
  }

  /** Ends everything that is sent, until something is used again. */
  withdraw() {
    for (const place of this.#places.values()) {
      place.track = null;
      if (!place.transceiver) continue;
      place.transceiver.sender.replaceTrack(null).catch(() => {});
      place.transceiver.direction = 'inactive';
      place.told = null;
    }
    this.#peer.negotiate();
  }

  /** After each `joined`. @param {boolean} isSameSession  whether the gateway kept what we sent */
  rejoined(isSameSession) {
    for (const place of this.#places.values()) place.told = null;
    this.#peer.rejoined(isSameSession);
    this.#tellMuted();
  }

  /** The gateway has ended the connection. */
  ended() {
    this.#peer.ended();
  }

  close() {
    this.#peer.close();
  }

  #add(slot, place) {
    const { kind, publication } = slots[slot];
    place.transceiver = this.#peer.connection.addTransceiver(place.track, {
      direction: 'sendonly', streams: [this.#streams[publication]], sendEncodings: kind === 'video' && place.bitrate ? [{ maxBitrate: place.bitrate }] : [{}],
    });
    if (kind === 'video') prefer(place.transceiver, preferredCodec);
    this.#peer.negotiate();
  }

  #limit({ transceiver, bitrate, track }) {
    if (track.kind !== 'video') return;
    const parameters = transceiver.sender.getParameters();
    if (!parameters.encodings?.length) return;
    if (bitrate) parameters.encodings[0].maxBitrate = bitrate;
    transceiver.sender.setParameters(parameters).catch(() => {}); // the first negotiation is still under way: the limit was given with the section
  }

  #sections() {
    return [...this.#places].filter(([, { transceiver }]) => transceiver && transceiver.mid !== null && transceiver.direction === 'sendonly')
      .map(([slot, { transceiver }]) => ({ mid: transceiver.mid, publication: slots[slot].publication }));
  }

  #onAnswered(tracks) {
    for (const { refusal, detail } of tracks) if (refusal) this.#emitRefused(detail || refusal);
    this.#tellMuted();
  }

  #onRenewed() {
    for (const [slot, place] of this.#places) {
      place.transceiver = null;
      place.told = null;
      if (place.track) this.#add(slot, place);
    }
  }

  /** Each once, as soon as the gateway knows the section. */
  #tellMuted() {
    if (!this.#signalling.isJoined) return;
    for (const [slot, place] of this.#places) {
      if (place.transceiver?.currentDirection !== 'sendonly' || place.told === place.isMuted) continue;
      place.told = place.isMuted;
      this.#signalling.send({ type: 'mute', publication: slots[slot].publication, kind: slots[slot].kind, muted: place.isMuted });
    }
  }

  #emitRefused(detail) {
    this.dispatchEvent(new CustomEvent('refused', { detail }));
  }
}

function prefer(transceiver, codec) {
  const codecs = RTCRtpSender.getCapabilities?.('video')?.codecs ?? [];
  const chosen = codecs.filter(({ mimeType }) => mimeType === codec);
  if (chosen.length) transceiver.setCodecPreferences?.([...chosen, ...codecs.filter(({ mimeType }) => mimeType !== codec)]);
}
