import {findChromium} from '@broadside/testkit/browser'
import {type Browser, chromium} from 'playwright-core'

/** Real Chromium, for our own pages alone: where tests run as root it has no sandbox. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({executablePath: await findChromium(), args: ['--no-sandbox', '--disable-gpu']})
}
