// Measures a playing <video>: every shown frame by its barcode, every beep, the levels of the sound.
import { now } from './job.js';
import { BarcodeReader, ssim } from './barcode.js';

export class Watcher {
  constructor(video, { ssimEvery = 0 } = {}) {
    this.video = video;
    this.reader = new BarcodeReader();
    this.frames = []; // [time, code, width, height, rtpTimestamp, presentedFrames]
    this.onsets = [];
    this.windows = []; // [time, level dB, SNR dB]
    this.similar = [];
    this.ssimEvery = ssimEvery;
    const shown = (_, metadata) => {
      const code = this.reader.read(video);
      this.frames.push([now(), code, metadata.width, metadata.height, metadata.rtpTimestamp ?? 0, metadata.presentedFrames]);
      if (this.ssimEvery && this.frames.length % this.ssimEvery === 0) {
        const value = ssim(video, this.reader);
        if (value) this.similar.push(value.value);
      }
      video.requestVideoFrameCallback(shown);
    };
    video.requestVideoFrameCallback(shown);
  }

  async listen(stream, frequency = 1000) {
    this.context = new AudioContext({ sampleRate: 48000, latencyHint: 'interactive' });
    await this.context.audioWorklet.addModule('sound-worklet.js');
    await this.context.resume();
    const node = new AudioWorkletNode(this.context, 'listener', { numberOfOutputs: 0, processorOptions: { frequency } });
    node.port.onmessage = ({ data }) => {
      if (data.onset !== undefined) this.onsets.push(data.onset);
      else this.windows.push(data.window);
    };
    this.context.createMediaStreamSource(stream).connect(node);
  }

  result() {
    this.context?.close();
    return { frames: this.frames, onsets: this.onsets, windows: this.windows, similar: this.similar };
  }
}
