import sharp from 'sharp'

/** What a camera leaves in a photo beside the picture. */
export const cameraNote = 'SECRET-OF-THE-CAMERA'

/** A photo as a telephone takes it: on its side (shown `height` wide), with the place it was taken at. No two are the same. */
export function photo(width: number, height: number): Promise<Buffer> {
  const noise = {type: 'gaussian' as const, mean: 128, sigma: 30}
  return sharp({create: {width, height, channels: 3, background: '#58a', noise}})
    .withExif({IFD0: {Copyright: cameraNote}, IFD3: {GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 12/1'}})
    .withMetadata({orientation: 6})
    .jpeg()
    .toBuffer()
}
