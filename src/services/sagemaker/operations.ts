import { addTags, deleteTags, listTags } from './add-tags.ts'
import { createTrainingJob } from './create-training-job.ts'
import { describeTrainingJob } from './describe-training-job.ts'
import { listNotebookInstances } from './list-notebook-instances.ts'
import { listTrainingJobs } from './list-training-jobs.ts'
import { stopTrainingJob } from './stop-training-job.ts'

export const operations = {
  AddTags: addTags,
  CreateTrainingJob: createTrainingJob,
  DeleteTags: deleteTags,
  DescribeTrainingJob: describeTrainingJob,
  ListNotebookInstances: listNotebookInstances,
  ListTags: listTags,
  ListTrainingJobs: listTrainingJobs,
  StopTrainingJob: stopTrainingJob,
}
