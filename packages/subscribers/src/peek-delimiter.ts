const enough = 64 * 1024

/**
 * Reads the first line of a table to see what parts its cells: tab, semicolon or comma, whichever stands there most
 * often outside quotes. `chunks` gives the whole text again.
 */
export async function peekDelimiter(
  text: AsyncGenerator<string, void, undefined>,
): Promise<{delimiter: string; chunks: AsyncIterable<string>}> {
  let head = ''
  while (head.length < enough && !head.trimStart().includes('\n')) {
    const next = await text.next()
    if (next.done === true) break
    head += next.value
  }
  const [line = ''] = head.trimStart().split('\n', 1)
  const bare = line.replace(/"[^"]*"/g, '')
  const count = (delimiter: string) => bare.split(delimiter).length
  const [delimiter = ','] = [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))

  async function* chunks(): AsyncGenerator<string> {
    if (head !== '') yield head
    yield* text
  }
  return {delimiter, chunks: chunks()}
}
