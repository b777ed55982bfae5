import sharp, {type Sharp} from 'sharp'

// One picture at a time in each process, on one thread: the bytes then hang on no number of cores, and a process costs
// no more than it was given.
sharp.concurrency(1)
sharp.cache(false)

// Only what pages show is decoded: each further format is a further decoder for strangers to try.
sharp.block({operation: ['VipsForeignLoad']})
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadHeif',
  ],
})

/** More than any camera makes; what says that it is larger is not decoded. */
export const maxPixels = 120_000_000

/** The header of an image of any size; no pixel of it is to be asked for. */
export function readHeader(bytes: Uint8Array): ReturnType<Sharp['metadata']> {
  return sharp(bytes, {limitInputPixels: false, sequentialRead: true}).metadata()
}

/** An image as it lies there, to be decoded in one pass. Small faults are forgiven, missing parts are not. */
export function openImage(bytes: Uint8Array): Sharp {
  return sharp(bytes, {limitInputPixels: maxPixels, failOn: 'truncated', sequentialRead: true})
}
