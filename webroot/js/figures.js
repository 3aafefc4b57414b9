// Live figures of a peer connection, from getStats.

const ntpToUnix = 2208988800000; // ms between 1900 and 1970

/** Takes one look a second; rates are between two looks. */
export class Figures {
  #before = null;

  /** @returns {Promise<object|null>} null on the first look */
  async look(peer) {
    const report = index(await peer.getStats());
    const before = this.#before;
    this.#before = report;
    if (!before) return null;
    const video = report.inbound.video, audio = report.inbound.audio;
    return {
      latency: latencyOf(video, before.inbound.video, report) ?? latencyOf(audio, before.inbound.audio, report),
      bitrate: rateOf(video, before.inbound.video) + rateOf(audio, before.inbound.audio),
      width: video?.frameWidth,
      height: video?.frameHeight,
      fps: video?.framesPerSecond,
      codecs: [video, audio].filter(Boolean).map((stream) => report.byId.get(stream.codecId)?.mimeType?.split('/')[1]).filter(Boolean),
      lost: (video?.packetsLost ?? 0) + (audio?.packetsLost ?? 0),
      freezes: video?.freezeCount ?? 0,
      roundTrip: report.pair?.currentRoundTripTime,
    };
  }
}

/** The same for what is sent: takes one look a second. */
export class SendingFigures {
  #before = new Map();

  /**
   * @param {{getStats: () => Promise<Map<string, object>>}} source  a peer connection or a sender
   * @returns {Promise<object|null>} null while there is nothing
   */
  async look(source) {
    const stats = await source.getStats();
    const streams = [...stats.values()].filter(({ type }) => type === 'outbound-rtp');
    if (streams.length === 0) return null;
    const rates = streams.map((stream) => this.#rateOf(stream));
    const video = streams.filter(({ kind, frameWidth }) => kind === 'video' && frameWidth).sort((a, b) => b.frameWidth - a.frameWidth)[0];
    const reports = [...stats.values()].filter(({ type, roundTripTime }) => type === 'remote-inbound-rtp' && roundTripTime !== undefined);
    return {
      bitrate: rates.reduce((sum, rate) => sum + rate, 0),
      width: video?.frameWidth,
      height: video?.frameHeight,
      fps: video?.framesPerSecond,
      codecs: [...new Set(streams.map(({ codecId }) => stats.get(codecId)?.mimeType?.split('/')[1]).filter(Boolean))],
      roundTrip: reports[0]?.roundTripTime,
      limitedBy: { cpu: 'this computer', bandwidth: 'the line' }[video?.qualityLimitationReason] ?? '',
    };
  }

  #rateOf({ id, timestamp, bytesSent }) {
    const before = this.#before.get(id);
    this.#before.set(id, { timestamp, bytesSent });
    return before && timestamp > before.timestamp ? Math.max(0, (bytesSent - before.bytesSent) * 8000 / (timestamp - before.timestamp)) : 0;
  }
}

function index(stats) {
  const found = { byId: stats, inbound: {}, remote: {}, pair: null };
  for (const entry of stats.values()) {
    if (entry.type === 'inbound-rtp') found.inbound[entry.kind] = entry;
    else if (entry.type === 'remote-outbound-rtp') found.remote[entry.kind] = entry;
    else if (entry.type === 'transport' && entry.selectedCandidatePairId) found.pair = stats.get(entry.selectedCandidatePairId);
    else if (entry.type === 'candidate-pair' && entry.nominated && !found.pair) found.pair = entry;
  }
  return found;
}

function rateOf(now, before) {
  if (!now || !before) return 0;
  const seconds = (now.timestamp - before.timestamp) / 1000;
  return seconds > 0 ? Math.max(0, (now.bytesReceived - before.bytesReceived) * 8 / seconds) : 0;
}

/**
 * How far behind the gateway we are, in ms: by the sender's clock where the browser tells which moment it shows now, else what
 * the packet's way, the jitter buffer and the decoder take.
 */
function latencyOf(now, before, report) {
  if (!now) return null;
  return latencyByClock(now, report) ?? latencyByParts(now, before, report);
}

function latencyByClock(now, { remote, pair }) {
  const sent = remote[now.kind];
  if (!now.estimatedPlayoutTimestamp || !sent?.remoteTimestamp) return null;
  const half = (pair?.currentRoundTripTime ?? 0) * 500;
  const senderNow = sent.remoteTimestamp + (now.timestamp - sent.timestamp) + half;
  const shown = now.estimatedPlayoutTimestamp > ntpToUnix ? now.estimatedPlayoutTimestamp - ntpToUnix : now.estimatedPlayoutTimestamp;
  const latency = senderNow - shown;
  return latency >= 0 && latency < 15000 ? latency : null;
}

function latencyByParts(now, before, { pair }) {
  const frames = now.jitterBufferEmittedCount - (before?.jitterBufferEmittedCount ?? 0);
  if (!(frames > 0)) return null;
  const buffered = (now.jitterBufferDelay - (before?.jitterBufferDelay ?? 0)) / frames;
  const decoded = now.framesDecoded ? now.totalDecodeTime / now.framesDecoded : 0;
  return (buffered + decoded + (pair?.currentRoundTripTime ?? 0) / 2) * 1000;
}
