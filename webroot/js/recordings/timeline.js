// One publication's segments as one line of time, without the gaps between them. Pure: no page, no network.

/** @typedef {{file: string, start: number, duration: number, wall: number}} Part */

export class Timeline {
  /** @param {{segments: {file: string, startedAt: string, duration: number}[]}} publication */
  constructor(publication) {
    /** @type {Part[]} */
    this.parts = [];
    this.length = 0;
    for (const segment of publication.segments) {
      if (!(segment.duration > 0)) continue;
      this.parts.push({ file: segment.file, start: this.length, duration: segment.duration, wall: Date.parse(segment.startedAt) });
      this.length += segment.duration;
    }
  }

  /** Where a place on the line is: which part, and how far into it. */
  find(position) {
    const at = Math.min(Math.max(0, position), this.length);
    let index = this.parts.findIndex((part) => at < part.start + part.duration);
    if (index < 0) index = this.parts.length - 1;
    return index < 0 ? null : { index, offset: Math.min(at - this.parts[index].start, this.parts[index].duration) };
  }

  /** The place on the line of a moment in a part. */
  positionOf(index, offset) {
    return this.parts[index] ? this.parts[index].start + Math.min(offset, this.parts[index].duration) : 0;
  }

  /** What the clock on the wall showed there. */
  wallClock(position) {
    const place = this.find(position);
    return place ? new Date(this.parts[place.index].wall + place.offset * 1000) : null;
  }
}
