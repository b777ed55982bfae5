import {normaliseAddress} from './addresses.ts'
import {contentAt} from './resolve-ref.ts'
import type {SiteView} from './site-view.ts'

/**
 * Where a redirect ends that may lead over others: readers take one step, and none that they take can be missing while
 * a release is under way. The last `?query#part` on the way counts.
 */
export async function redirectEnd(view: SiteView, to: string): Promise<string> {
  const passed = new Set<string>()
  let end = to
  for (;;) {
    if (!end.startsWith('/') || end.startsWith('//')) return end
    const address = normaliseAddress(end)
    const content = passed.has(address) ? undefined : await contentAt(view, address)
    if (content?.kind !== 'redirect') return end
    passed.add(address)
    end = suffixOf(content.to) === '' ? `${content.to}${suffixOf(end)}` : content.to
  }
}

function suffixOf(to: string): string {
  return /[?#].*$/.exec(to)?.[0] ?? ''
}
