// Finds where sound begins after silence, and measures windows of 100 ms: level, and how much of the window is the tone.
const WINDOW = 4800;
const SILENCE = 0.02;
const QUIET_SAMPLES = 4800;

class Listener extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.frequency = processorOptions.frequency;
    this.window = new Float32Array(WINDOW);
    this.filled = 0;
    this.quiet = QUIET_SAMPLES;
  }

  process([input]) {
    const samples = input[0];
    if (!samples) return true;
    const end = Date.now();
    for (let i = 0; i < samples.length; i++) {
      if (Math.abs(samples[i]) < SILENCE) {
        this.quiet++;
      } else {
        if (this.quiet >= QUIET_SAMPLES) this.port.postMessage({ onset: end - ((samples.length - i) * 1000) / sampleRate });
        this.quiet = 0;
      }
      this.window[this.filled++] = samples[i];
      if (this.filled === WINDOW) this.measure(end);
    }
    return true;
  }

  /** Least squares of sine and cosine: what is left over is noise, gaps and clicks. */
  measure(at) {
    let power = 0, inPhase = 0, quadrature = 0;
    const step = (2 * Math.PI * this.frequency) / sampleRate;
    for (let i = 0; i < WINDOW; i++) {
      power += this.window[i] * this.window[i];
      inPhase += this.window[i] * Math.cos(step * i);
      quadrature += this.window[i] * Math.sin(step * i);
    }
    const tone = (2 * (inPhase * inPhase + quadrature * quadrature)) / WINDOW;
    const level = 10 * Math.log10(power / WINDOW + 1e-12);
    const snr = 10 * Math.log10((tone + 1e-12) / Math.max(power - tone, 1e-9));
    this.port.postMessage({ window: [at, level, snr] });
    this.filled = 0;
  }
}

registerProcessor('listener', Listener);
