import {BroadsideError} from '@broadside/runtime'

/** A dotted ASCII name for Message-ID and List-Id. Throws `mail.domain.invalid` (invalid). */
export function checkDomain(name: string, what: string): string {
  if (
    name.length <= 253 &&
    /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/.test(name)
  ) {
    return name
  }
  throw new BroadsideError(
    'invalid',
    'mail.domain.invalid',
    `The ${what} is not a name made of letters, digits, - and dots`,
  )
}
