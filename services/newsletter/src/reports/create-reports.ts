import type {ReturnPaths} from '@broadside/bounces'
import type {Service} from '@broadside/runtime'
import {createReportServer} from './create-report-server.ts'
import type {ReportConfig} from './report-config.ts'
import type {ReportDeps} from './reports.ts'

/** The ways in that are asked for, by which mail servers and providers tell what became of mails. */
export function createReports(deps: ReportDeps, config: ReportConfig, returnPaths: ReturnPaths | undefined): Service[] {
  const services: Service[] = []
  const {REPORTS_SMTP_HOST: host, REPORTS_SMTP_PORT: port, COMPLAINTS_ADDRESS: complaintsAddress} = config
  if (returnPaths !== undefined && port !== undefined) {
    services.push(createReportServer(deps, {returnPaths, host, port, complaintsAddress}))
  }
  return services
}
