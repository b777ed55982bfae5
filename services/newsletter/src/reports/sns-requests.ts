import {BroadsideError} from '@broadside/runtime'

const timeoutMs = 5_000
/** A region has one certificate at a time. */
const keptCertificates = 20

/** Asks SNS for what its messages name; the addresses were looked at before. */
export function createSnsRequests(): {
  certificate: (url: string) => Promise<string>
  confirm: (url: string) => Promise<void>
} {
  const certificates = new Map<string, string>()
  return {
    async certificate(url) {
      const known = certificates.get(url)
      if (known !== undefined) return known
      const text = await ask(url)
      if (certificates.size >= keptCertificates) certificates.clear()
      certificates.set(url, text)
      return text
    },
    async confirm(url) {
      await ask(url)
    },
  }
}

async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, {redirect: 'error', signal: AbortSignal.timeout(timeoutMs)})
    if (response.ok) return await response.text()
    throw new Error(`it answered ${response.status}`)
  } catch (cause) {
    throw new BroadsideError('transient', 'reports.sns', 'SNS does not answer', {cause})
  }
}
