// How figures are written on the pages.

export function bitrate(bits) {
  if (!(bits > 0)) return '–';
  return bits >= 1e6 ? `${(bits / 1e6).toFixed(bits < 1e7 ? 1 : 0)} Mbit/s` : `${Math.round(bits / 1000)} kbit/s`;
}

export function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

/** One line of facts about a track: "H264 1280×720, 30 fps, 2.5 Mbit/s". */
export function track(t) {
  const parts = [];
  if (t.kind === 'video') {
    parts.push(t.width ? `${t.codec} ${t.width}×${t.height}` : t.codec);
    if (t.fps) parts.push(`${Math.round(t.fps)} fps`);
  } else {
    parts.push(`${t.codec === 'opus' ? 'Opus' : t.codec} ${(t.sampleRate / 1000).toFixed(1).replace('.0', '')} kHz ${channels(t.channels)}`);
  }
  if (t.bitrate) parts.push(bitrate(t.bitrate));
  return parts.join(', ');
}

function channels(number) {
  return { 1: 'mono', 2: 'stereo', 6: '5.1' }[number] ?? `${number} channels`;
}

/** One line of a look at live figures (figures.js): "640×360, 30 fps · 0.8 Mbit/s · VP8 + Opus". */
export function figuresLine(now) {
  return [
    now.width ? `${now.width}×${now.height}${now.fps ? `, ${Math.round(now.fps)} fps` : ''}` : '',
    now.bitrate ? bitrate(now.bitrate) : '',
    now.bitrate && Number.isFinite(now.latency) ? `${Math.round(now.latency)} ms behind the gateway` : '',
    now.roundTrip === undefined ? '' : `round trip ${Math.round(now.roundTrip * 1000)} ms`,
    now.codecs.map((codec) => (codec === 'opus' ? 'Opus' : codec)).join(' + '),
    now.lost ? `${now.lost} packets lost` : '',
    now.freezes ? count(now.freezes, 'freeze', 'freezes') : '',
    now.limitedBy ? `limited by ${now.limitedBy}` : '',
  ].filter(Boolean).join(' · ');
}

/** A length of time: 0:07, 12:34, 1:02:03. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${hours ? `${hours}:${String(minutes).padStart(2, '0')}` : minutes}:${String(rest).padStart(2, '0')}`;
}

export function bytes(number) {
  if (number < 1e6) return `${Math.round(number / 1e3)} kB`;
  return number < 1e9 ? `${(number / 1e6).toFixed(number < 1e7 ? 1 : 0)} MB` : `${(number / 1e9).toFixed(1)} GB`;
}

export function moment(date) {
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Host name for a URL: an IPv6 address in brackets, as the location already has it. */
export function hostPort(port, usual) {
  return port === usual ? location.hostname : `${location.hostname}:${port}`;
}
