import {createSecureContext} from 'node:tls'
import {BroadsideError} from '@broadside/runtime'
import type {ReportConfig} from './report-config.ts'

/** A certificate with what its issuers signed it by, and its private key; both in PEM. */
export type ReportCertificate = {cert: string; key: string}

/**
 * By what mail servers may hand over reports encrypted; undefined where no certificate is given.
 * @throws BroadsideError `reports.certificate` (invalid) for one without its key, or that cannot be used.
 */
export function reportCertificate({
  REPORTS_SMTP_CERT: cert,
  REPORTS_SMTP_KEY: key,
}: Pick<ReportConfig, 'REPORTS_SMTP_CERT' | 'REPORTS_SMTP_KEY'>): ReportCertificate | undefined {
  if (cert === undefined && key === undefined) return undefined
  const hint = 'Set REPORTS_SMTP_CERT_FILE and REPORTS_SMTP_KEY_FILE to the two files of one certificate, in PEM'
  if (cert === undefined || key === undefined) {
    const [given, other] = cert === undefined ? ['KEY', 'CERT'] : ['CERT', 'KEY']
    const message = `REPORTS_SMTP_${given} needs REPORTS_SMTP_${other}`
    throw new BroadsideError('invalid', 'reports.certificate', message, {hint})
  }
  try {
    createSecureContext({cert, key})
  } catch (cause) {
    const message = 'the certificate of the mail server for reports, or its key, cannot be used'
    throw new BroadsideError('invalid', 'reports.certificate', message, {cause, hint})
  }
  return {cert, key}
}
