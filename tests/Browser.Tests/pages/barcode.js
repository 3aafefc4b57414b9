// The other side of TestKit's BarcodePicture: reads the number out of the band, and compares a picture with the one that
// follows from its number.
const BITS = 16;

export class BarcodeReader {
  constructor() {
    this.canvas = new OffscreenCanvas(BITS * 2, 18);
    this.context = this.canvas.getContext('2d', { willReadFrequently: true });
  }

  /** The number in the video's picture, or -1 if a bar is neither black nor white. */
  read(video) {
    this.context.drawImage(video, 0, 0, BITS * 2, 18);
    const { data } = this.context.getImageData(0, 0, BITS * 2, 1);
    let code = 0;
    for (let bit = 0; bit < BITS; bit++) {
      const value = (data[bit * 8] + data[bit * 8 + 4]) / 2;
      if (value > 90 && value < 165) return -1;
      if (value >= 165) code |= 1 << bit;
    }
    return code;
  }
}

const triangle = (value) => ((value & 127) < 64 ? value & 127 : 127 - (value & 127));

function luma(code, x, y) {
  return 40 + triangle(x + (code >> 4)) + triangle(y + (code >> 5)) + (((x >> 5) ^ (y >> 5)) & 1) * 24;
}

/** Mean SSIM (8x8 windows, luma) between the video's picture and the one that was drawn, below the band. */
export function ssim(video, reader) {
  const width = video.videoWidth;
  const height = video.videoHeight;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  reader.context.drawImage(canvas, 0, 0, BITS * 2, 18);
  const code = reader.read(canvas);
  if (code < 0) return null;
  const { data } = context.getImageData(0, 0, width, height);
  let sum = 0;
  let windows = 0;
  const top = Math.ceil(height / 8 / 8) * 8 + 8;
  for (let y = top; y + 8 <= height; y += 8) {
    for (let x = 0; x + 8 <= width; x += 8) {
      sum += ssimWindow(data, width, x, y, code);
      windows++;
    }
  }
  return { code, value: sum / windows };
}

function ssimWindow(data, width, left, top, code) {
  let sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (let y = top; y < top + 8; y++) {
    for (let x = left; x < left + 8; x++) {
      const a = data[(y * width + x) * 4 + 1]; // grey: green is luma, in full range
      const b = ((luma(code, x, y) - 16) * 255) / 219;
      sa += a; sb += b; saa += a * a; sbb += b * b; sab += a * b;
    }
  }
  const n = 64;
  const ma = sa / n, mb = sb / n;
  const va = saa / n - ma * ma, vb = sbb / n - mb * mb, cov = sab / n - ma * mb;
  const c1 = 6.5025, c2 = 58.5225;
  return ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
}
