import {setTimeout as sleep} from 'node:timers/promises'
import type {Diagnostic} from '@broadside/content'
import type {LoadedDocument} from './load-site.ts'

export type ExternalOptions = {
  /** The most addresses that are asked, the first by file. */
  limit: number
  timeoutMs: number
  /** Pause between two questions to one host. */
  pauseMs: number
}

type Place = {file: string; line: number; column: number}

const hostsAtOnce = 8
const agent = 'Broadside link check (+https://www.rfc-editor.org/rfc/rfc9110#name-user-agent)'

/**
 * Asks where the links out of the site lead: each address once, one question at a time to a host with a pause between,
 * HEAD and, where that is refused, GET without reading the body. What is gone (404, 410) or cannot be reached is told
 * at every place that links there; a host that asks to be left alone, or wants a person, is believed.
 */
export async function checkExternal(
  documents: LoadedDocument[],
  {limit, timeoutMs, pauseMs}: ExternalOptions,
): Promise<Diagnostic[]> {
  const places = new Map<string, Place[]>()
  for (const {path: file, document} of documents)
    for (const {url, line, column} of document.links) {
      const address = withoutFragment(url)
      if (address === undefined) continue
      const known = places.get(address)
      if (known !== undefined) known.push({file, line, column})
      else if (places.size < limit) places.set(address, [{file, line, column}])
    }
  const hosts = [...Map.groupBy(places.keys(), (address) => new URL(address).host).values()].values()
  const found = new Map<string, string>()
  const work = async () => {
    for (const addresses of hosts)
      for (const [n, address] of addresses.entries()) {
        if (n > 0) await sleep(pauseMs)
        const problem = await problemAt(address, timeoutMs)
        if (problem !== undefined) found.set(address, problem)
      }
  }
  await Promise.all(Array.from({length: hostsAtOnce}, work))
  return [...places].flatMap(([address, at]) => {
    const problem = found.get(address)
    if (problem === undefined) return []
    return at.map((place) => ({
      severity: 'warning' as const,
      code: 'link.external',
      ...place,
      message: `${address} ${problem}.`,
      cure: 'Correct the address, or lead to an archived copy.',
    }))
  })
}

async function problemAt(address: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const head = await statusOf(address, 'HEAD', timeoutMs)
    // Some servers know no HEAD, and some answer it with what is not so.
    const status = head >= 400 && head !== 429 ? await statusOf(address, 'GET', timeoutMs) : head
    return status === 404 || status === 410 ? `answers ${status}: it is gone` : undefined
  } catch (error) {
    const {code, name} = ((error as Error).cause ?? error) as {code?: string; name?: string}
    if (name === 'TimeoutError' || (error as Error).name === 'TimeoutError')
      return `has not answered in ${timeoutMs / 1_000} s`
    return `cannot be reached (${code ?? name ?? 'no answer'})`
  }
}

async function statusOf(address: string, method: string, timeoutMs: number): Promise<number> {
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await fetch(address, {method, signal, redirect: 'follow', headers: {'user-agent': agent}})
  await response.body?.cancel()
  return response.status
}

function withoutFragment(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const address = new URL(url)
  address.hash = ''
  return address.href
}
