/** The part of an image file that is the image. `whole`: it ends where its format says that it ends. */
export type Stripped = {bytes: Uint8Array; whole: boolean}

export function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length))
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
