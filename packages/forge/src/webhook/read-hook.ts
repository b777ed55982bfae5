import {createHash} from 'node:crypto'
import {BroadsideError} from '@broadside/runtime'
import {bitbucket} from './bitbucket.ts'
import {generic} from './generic.ts'
import {forgejo, gitea} from './gitea.ts'
import {github} from './github.ts'
import {gitlab} from './gitlab.ts'
import type {Hook, HookKeys, HookRequest, HookScheme} from './hook.ts'

/** Most specific first: Forgejo speaks as Gitea too, both speak as GitHub too, and GitLab may sign as the generic one. */
const schemes: readonly HookScheme[] = [forgejo, gitea, github, gitlab, bitbucket, generic]

/** Longest id of a delivery, in characters. */
const maxDeliveryLength = 200

/**
 * Verifies a webhook and reads what it tells. Values in, values out: a repeat gives the same, and whoever calls knows
 * repeats by `delivery`; where a forge sends no id it is made of the body.
 *
 * @throws BroadsideError `hook.refused` (invalid) when nobody who knows a secret sent it, and says no more than that;
 *   `hook.malformed` (invalid) when it is signed and cannot be read.
 */
export function readHook(request: HookRequest, keys: HookKeys): Hook {
  const scheme = schemes.find(({recognises}) => recognises(request.headers))
  if (scheme === undefined || !scheme.verify(request, keys)) {
    throw new BroadsideError('invalid', 'hook.refused', 'the request is not signed with the secret of this site', {
      hint: 'Give the forge the secret that the operator of this site has set',
    })
  }
  const delivery = scheme.delivery(request.headers) ?? createHash('sha256').update(request.body).digest('hex')
  if (delivery === '' || delivery.length > maxDeliveryLength || !/^[\x21-\x7e]+$/.test(delivery)) {
    throw malformed('the id of the delivery is empty, too long, or no plain text')
  }
  const payload = parseBody(request)
  try {
    return {forge: scheme.forge, delivery, ...scheme.read(request.headers, payload)}
  } catch (cause) {
    throw malformed(`the body is no push of ${scheme.forge}`, cause)
  }
}

/** JSON, or a form with the JSON in its field `payload`, which GitHub and Gitea offer. */
function parseBody({headers, body}: HookRequest): unknown {
  try {
    const text = new TextDecoder('utf-8', {fatal: true}).decode(body)
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers.get('content-type') ?? '')
    return JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text)
  } catch (cause) {
    throw malformed('the body is no JSON', cause)
  }
}

function malformed(message: string, cause?: unknown): BroadsideError {
  return new BroadsideError('invalid', 'hook.malformed', message, {
    hint: 'Send the events of a push, as JSON',
    ...(cause !== undefined && {cause}),
  })
}
