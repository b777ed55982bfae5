import sharp from 'sharp'

/** A photo of 4,000 × 3,000, of soft shapes with some grain, about as large as a telephone makes it; no two are the same. */
export async function makePhoto(): Promise<Buffer> {
  const noise = (width: number, height: number, sigma: number) =>
    sharp({create: {width, height, channels: 3, background: '#58a', noise: {type: 'gaussian', mean: 128, sigma}}})
      .png()
      .toBuffer()
  const shapes = await sharp(await noise(80, 60, 60))
    .resize(4_000, 3_000, {kernel: 'cubic'})
    .png()
    .toBuffer()
  const grain = await noise(4_000, 3_000, 6)
  return sharp(shapes)
    .composite([{input: grain, blend: 'soft-light'}])
    .jpeg({quality: 88})
    .toBuffer()
}
