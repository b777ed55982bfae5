/** What a name is to a system that knows neither case nor how accents are composed. */
export function caseFolded(path: string): string {
  return path.normalize('NFC').toLowerCase()
}
