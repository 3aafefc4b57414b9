// Plays a recording's publication: its segments as one, in a plain video element.

import { byId, element } from '../dom.js';
import { duration, moment } from '../format.js';
import { fileUrl } from './archive.js';
import { Timeline } from './timeline.js';

const reasons = {
  away: 'the publisher was away',
  'no-media': 'nothing came from the publisher',
  'slow-disk': 'the disk was too slow',
  'disk-full': 'the disk was full',
  'disk-failed': 'the disk failed',
};

export class Player {
  /** @param {{onClosed: () => void, refresh: (id: string) => Promise<object>}} options */
  constructor({ onClosed, refresh }) {
    this.video = byId('video');
    this.seekBar = byId('seek');
    this.refresh = refresh;
    this.recording = null;
    this.timeline = new Timeline({ segments: [] });
    this.index = -1;
    this.seeking = false;
    byId('play').addEventListener('click', () => this.toggle());
    byId('close').addEventListener('click', () => { this.close(); onClosed(); });
    byId('publication').addEventListener('change', (event) => this.choose(event.target.value));
    this.seekBar.addEventListener('input', () => { this.seeking = true; this.showTime(Number(this.seekBar.value)); });
    this.seekBar.addEventListener('change', () => { this.seeking = false; this.seek(Number(this.seekBar.value)); });
    this.video.addEventListener('timeupdate', () => this.showTime());
    this.video.addEventListener('click', () => this.toggle());
    this.video.addEventListener('play', () => this.showState());
    this.video.addEventListener('pause', () => this.showState());
    this.video.addEventListener('ended', () => this.next());
    this.video.addEventListener('error', () => { if (this.video.currentSrc) this.say('This browser can’t play the file. Download it instead.'); });
  }

  open(recording, name) {
    this.recording = recording;
    byId('player').hidden = false;
    byId('player-title').textContent = `${recording.room}, ${moment(new Date(recording.startedAt))}`;
    const playable = recording.publications.filter((publication) => publication.segments.some((segment) => segment.duration > 0));
    byId('publication').replaceChildren(...playable.map((publication) => element('option', { value: publication.name }, publication.name)));
    byId('choice').hidden = playable.length < 2;
    if (playable.length === 0) {
      this.say('Nothing of it can be played yet.');
      return;
    }
    this.choose(name ?? playable[0].name);
    byId('player').scrollIntoView({ block: 'nearest' });
  }

  close() {
    this.video.pause();
    this.video.removeAttribute('src');
    this.video.load();
    this.index = -1;
    this.recording = null;
    byId('player').hidden = true;
  }

  choose(name) {
    const publication = this.recording.publications.find((candidate) => candidate.name === name);
    if (!publication) return;
    byId('publication').value = name;
    this.name = name;
    this.timeline = new Timeline(publication);
    byId('gaps').replaceChildren(...publication.gaps.map((gap) => element('li', {}, gapText(gap))), ...publication.notes.map((note) => element('li', {}, note)));
    this.say('');
    this.index = -1;
    this.seek(0, true);
  }

  /** Goes to a place on the line; into another file where it is there. */
  seek(position, play = !this.video.paused) {
    const place = this.timeline.find(position);
    if (!place) return;
    if (place.index !== this.index) this.load(place.index);
    this.video.currentTime = place.offset;
    if (play) this.video.play().catch(() => this.showState());
    this.showTime(position);
  }

  load(index) {
    this.index = index;
    this.video.src = fileUrl(this.recording, this.timeline.parts[index].file);
  }

  async next() {
    if (this.index + 1 < this.timeline.parts.length) {
      this.seek(this.timeline.parts[this.index + 1].start, true);
      return;
    }
    if (this.recording?.state !== 'recording') return;
    // There may be more of it by now: what was loaded is what was on the disk then.
    const position = this.position();
    const recording = await this.refresh(this.recording.id);
    const publication = recording?.publications.find((candidate) => candidate.name === this.name);
    if (!publication || !this.recording) return;
    this.recording = recording;
    this.timeline = new Timeline(publication);
    if (this.timeline.length < position + 1) return;
    this.index = -1;
    this.seek(position, true);
  }

  toggle() {
    if (!this.video.paused) {
      this.video.pause();
      return;
    }
    if (this.video.ended && this.index === this.timeline.parts.length - 1) this.seek(0, true);
    else this.video.play().catch(() => this.showState());
  }

  position() {
    return this.index < 0 ? 0 : this.timeline.positionOf(this.index, this.video.currentTime);
  }

  showTime(position = this.position()) {
    this.seekBar.max = String(this.timeline.length);
    if (!this.seeking) this.seekBar.value = String(position);
    byId('position').textContent = duration(position);
    byId('length').textContent = duration(this.timeline.length);
    const wall = this.timeline.wallClock(position);
    this.seekBar.setAttribute('aria-valuetext', wall ? `${duration(position)}, ${wall.toLocaleTimeString()}` : duration(position));
  }

  showState() {
    byId('play').textContent = this.video.paused ? '▶' : '❚❚';
    byId('play').setAttribute('aria-label', this.video.paused ? 'Play' : 'Pause');
  }

  say(text) {
    byId('player-message').textContent = text;
    byId('player-message').hidden = !text;
  }
}

function gapText(gap) {
  const at = new Date(gap.at).toLocaleTimeString();
  const length = gap.seconds > 0 ? `for ${duration(gap.seconds)}` : 'until the end';
  return `Not recorded from ${at} ${length}: ${gap.detail ?? reasons[gap.reason] ?? gap.reason}`;
}
