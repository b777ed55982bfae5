import {checkAddress} from './check-address.ts'

/** Where a redirect leads, an address of the site from `/` or an absolute URL of the web, or why it can lead there not. */
export function readTarget(to: string): {to: string} | {problem: string} {
  const url = URL.parse(to)
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '') return {to: url.href}
  const [, address = '', suffix = ''] = /^([^?#]*)(.*)$/.exec(to) ?? []
  const target = checkAddress(address)
  if ('problem' in target) return target
  return to.startsWith('/') ? {to: target.address + suffix} : {problem: 'does not start with a slash'}
}
