/** Names that differ in case alone, or in how an accent is written, are one to macOS and Windows. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
