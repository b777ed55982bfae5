import {isStatusRepeat, statusRequest, statusTarget, type StatusForge} from '@broadside/forge'
import {readPreviewName, type EffectRow} from '@broadside/ledger'
import type {Answer, Call} from './call-out.ts'
import type {StatusPayload} from './tell-of-pushes.ts'

/** The call that sets a commit's status; undefined where the operator has the site at another forge by now. */
export function statusCall(effect: EffectRow, forge: StatusForge | undefined): Call | undefined {
  if (forge === undefined || statusTarget(forge) !== effect.target) return undefined
  const payload = JSON.parse(effect.payload) as StatusPayload
  const preview = readPreviewName(effect.site)
  const site = preview === undefined ? effect.site : `${preview.of}/preview`
  const request = statusRequest(forge, {site, commit: effect.subject, ...payload})
  return {
    ...request,
    // The operator gave the address.
    mayBePrivate: true,
    read: (answer) => readAnswer(answer, forge, payload.state),
  }
}

/** A refusal of what is there already is as good as a yes; the token is not repeated to anybody. */
function readAnswer(answer: Answer, {kind, token}: StatusForge, state: StatusPayload['state']): Answer {
  if (!('status' in answer)) return answer
  if (isStatusRepeat(kind, state, answer)) return {...answer, status: 200}
  return {...answer, text: answer.text.replaceAll(token, '…')}
}
