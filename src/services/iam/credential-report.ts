import type {
  GenerateCredentialReportCommandInput,
  GenerateCredentialReportCommandOutput,
  GetCredentialReportCommandInput,
  GetCredentialReportCommandOutput,
} from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { credentialReport } from './credential-report-rows.ts'

/**
 * The credential report of an account (IAM User Guide, "Generate credential reports"): asked for, ready a moment later,
 * and good for four hours, in which nothing changes it.
 */
interface Report {
  /** Milliseconds: so is the moment when it is there to be had. */
  readonly readyAt: number
  /** CSV, as things were when it was asked for. */
  readonly content: string
}

const REPORTS = 'iam/credential-report'
/** Here a report costs milliseconds; it is AWS's clients that wait for states. */
const MAKING_MS = 1000
const GOOD_FOR_MS = 4 * 3600 * 1000

export const generateCredentialReport = operation<
  GenerateCredentialReportCommandInput,
  GenerateCredentialReportCommandOutput
>('iam', 'GenerateCredentialReport', {
  needs: () => [need('iam:GenerateCredentialReport', '*')],
  perform: (_input, { call: { account, time }, world: { store } }) => {
    const report = store.get<Report>(REPORTS, account)
    if (report && time < report.readyAt) return { State: 'INPROGRESS' }
    if (report && time < report.readyAt + GOOD_FOR_MS) return { State: 'COMPLETE' }
    store.put<Report>(REPORTS, account, { readyAt: time + MAKING_MS, content: credentialReport(store, account) })
    return { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' }
  },
})

export const getCredentialReport = operation<GetCredentialReportCommandInput, GetCredentialReportCommandOutput>(
  'iam',
  'GetCredentialReport',
  {
    needs: () => [need('iam:GetCredentialReport', '*')],
    perform: (_input, { call: { account, time }, world: { store } }) => {
      const report = store.get<Report>(REPORTS, account)
      // AWS has no sentence for these but this word.
      if (!report) throw new AwsError('ReportNotPresent', 'Unknown', 410)
      if (time < report.readyAt) throw new AwsError('ReportInProgress', 'Unknown', 404)
      if (time >= report.readyAt + GOOD_FOR_MS) throw new AwsError('ReportExpired', 'Unknown', 410)
      return {
        Content: Buffer.from(report.content),
        ReportFormat: 'text/csv',
        GeneratedTime: Math.floor(report.readyAt / 1000),
      }
    },
  },
)
