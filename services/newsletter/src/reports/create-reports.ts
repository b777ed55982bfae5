import {
  createMailgun,
  createPostmark,
  createSendGrid,
  createSes,
  type Provider,
  type ReturnPaths,
} from '@broadside/bounces'
import {createHttpServer, type Service} from '@broadside/runtime'
import {createImapReader} from './create-imap-reader.ts'
import {createMaildirReader} from './create-maildir-reader.ts'
import {createReportServer} from './create-report-server.ts'
import {reportCertificate} from './report-certificate.ts'
import type {ReportConfig} from './report-config.ts'
import {reportRoutes} from './report-routes.ts'
import type {ReportDeps} from './reports.ts'
import {createSnsRequests} from './sns-requests.ts'

/**
 * The ways in that are asked for, by which mail servers and providers tell what became of mails.
 * @throws BroadsideError `reports.key`, `reports.certificate`, `reports.imap-url` (invalid) for what cannot be used.
 */
export function createReports(deps: ReportDeps, config: ReportConfig, returnPaths: ReturnPaths | undefined): Service[] {
  const services: Service[] = []
  const {REPORTS_SMTP_HOST: host, REPORTS_SMTP_PORT: port, COMPLAINTS_ADDRESS: complaintsAddress} = config
  if (returnPaths !== undefined && port !== undefined) {
    const certificate = reportCertificate(config)
    services.push(createReportServer(deps, {returnPaths, host, port, complaintsAddress, certificate}))
  }
  const {REPORTS_HOST, REPORTS_PORT, REPORTS_MAILDIR: dir} = config
  const {REPORTS_IMAP_URL: url} = config
  if (returnPaths !== undefined && url !== undefined) services.push(createImapReader(deps, {returnPaths, url}))
  if (returnPaths !== undefined && dir !== undefined) services.push(createMaildirReader(deps, {returnPaths, dir}))
  if (returnPaths !== undefined && REPORTS_PORT !== undefined) {
    const sns = createSnsRequests()
    const routes = reportRoutes({
      ...deps,
      returnPaths,
      providers: providersOf(config, sns.certificate),
      confirm: sns.confirm,
    })
    const http = {name: 'newsletter.reports', host: REPORTS_HOST, port: REPORTS_PORT, log: deps.log}
    services.push(createHttpServer({...http, routes}))
  }
  return services
}

function providersOf(config: ReportConfig, certificate: (url: string) => Promise<string>): Map<string, Provider> {
  const {SES_TOPICS: topics, POSTMARK_LOGIN, MAILGUN_SIGNING_KEY, SENDGRID_VERIFICATION_KEY} = config
  const providers = new Map<string, Provider>()
  if (topics !== undefined) providers.set('ses', createSes({topics, certificate}))
  if (POSTMARK_LOGIN !== undefined) providers.set('postmark', createPostmark(POSTMARK_LOGIN))
  if (MAILGUN_SIGNING_KEY !== undefined) providers.set('mailgun', createMailgun(MAILGUN_SIGNING_KEY))
  if (SENDGRID_VERIFICATION_KEY !== undefined) providers.set('sendgrid', createSendGrid(SENDGRID_VERIFICATION_KEY))
  return providers
}
