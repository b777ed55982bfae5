import type {Context} from 'hono'
import {BroadsideError} from '@broadside/runtime'
import type {TokenPurpose} from '@broadside/subscribers'
import type {Audience} from './audience.ts'
import type {Pages} from './create-pages.ts'
import {sendPage} from './send-page.ts'

export type Bearer = {site: string; subscriber: string}

export type Bearers = {
  /** Answers for whom the token in the address speaks; who has none that is good sees `broken`. */
  withBearer: (
    c: Context,
    purpose: TokenPurpose,
    answer: (bearer: Bearer, token: string) => Promise<Response>,
  ) => Promise<Response>
  /** Why a link does not work is not told. */
  broken: (c: Context) => Response
}

/** Those who come by a link of a mail. */
export function createBearers({deps}: Audience, pages: Pages): Bearers {
  const {tokens, clock} = deps

  function broken(c: Context): Response {
    const page = pages.plain(({brokenHeading, brokenText}) => ({heading: brokenHeading, text: brokenText}))
    return sendPage(c, page, 404)
  }

  return {
    broken,
    async withBearer(c, purpose, answer) {
      const token = c.req.param('token') ?? ''
      try {
        return await answer(tokens.verify(token, purpose, new Date(clock.now())), token)
      } catch (error) {
        const codes = ['token.invalid', 'token.expired', 'site.unknown']
        if (error instanceof BroadsideError && codes.includes(error.code)) return broken(c)
        throw error
      }
    },
  }
}
