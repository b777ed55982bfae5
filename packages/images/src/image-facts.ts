export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'svg'

/** What the bytes of an image say, whatever its name. Plain JSON. */
export type ImageFacts = {
  format: ImageFormat
  /** As it is shown, after its orientation is applied, in pixels; 0 where an SVG does not say. */
  width: number
  height: number
  /** Of an SVG: whether the size is its own, and not only its shape (`viewBox`). */
  fixed: boolean
  /** More than one picture, which no variant could show. */
  animated: boolean
  /** Whether all of it is there and its size is one that can be decoded. */
  sound: boolean
}

/** The ending of a name that is taken for an image, in small letters; undefined for other files. */
export function imageEnding(path: string): string | undefined {
  const ending = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase()
  return ending !== undefined && endings.has(ending) ? ending : undefined
}

const endings = new Set(['jpg', 'jpeg', 'jfif', 'png', 'apng', 'webp', 'avif', 'gif', 'svg'])
