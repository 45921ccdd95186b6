import { addTags, deleteTags, listTags } from './add-tags.ts'
import { createAutoMLJobV2 } from './automl/create-auto-ml-job-v2.ts'
import { createAutoMLJob } from './automl/create-auto-ml-job.ts'
import { createCompilationJob } from './compilation/create-compilation-job.ts'
import { createEndpointConfig } from './endpoint-config/create-endpoint-config.ts'
import { createModel } from './model/create-model.ts'
import { createProcessingJob } from './processing/create-processing-job.ts'
import { createHyperParameterTuningJob } from './tuning/create-hyper-parameter-tuning-job.ts'
import { createTrainingJob } from './training/create-training-job.ts'
import { createTransformJob } from './transform/create-transform-job.ts'
import { deleteCompilationJob } from './compilation/delete-compilation-job.ts'
import { deleteEndpointConfig } from './endpoint-config/delete-endpoint-config.ts'
import { deleteModel } from './model/delete-model.ts'
import { deleteProcessingJob } from './processing/delete-processing-job.ts'
import { deleteTrainingJob } from './training/delete-training-job.ts'
import { describeAutoMLJobV2 } from './automl/describe-auto-ml-job-v2.ts'
import { describeAutoMLJob } from './automl/describe-auto-ml-job.ts'
import { describeEndpointConfig } from './endpoint-config/describe-endpoint-config.ts'
import { describeModel } from './model/describe-model.ts'
import { describeProcessingJob } from './processing/describe-processing-job.ts'
import { deleteHyperParameterTuningJob } from './tuning/delete-hyper-parameter-tuning-job.ts'
import { describeCompilationJob } from './compilation/describe-compilation-job.ts'
import { describeHyperParameterTuningJob } from './tuning/describe-hyper-parameter-tuning-job.ts'
import { describeTrainingJob } from './training/describe-training-job.ts'
import { describeTransformJob } from './transform/describe-transform-job.ts'
import { listAutoMLJobs } from './automl/list-auto-ml-jobs.ts'
import { listCandidatesForAutoMLJob } from './automl/list-candidates-for-auto-ml-job.ts'
import { listCompilationJobs } from './compilation/list-compilation-jobs.ts'
import { listEndpointConfigs } from './endpoint-config/list-endpoint-configs.ts'
import { listModels } from './model/list-models.ts'
import { createCodeRepository } from './notebook/create-code-repository.ts'
import { createNotebookInstanceLifecycleConfig } from './notebook/create-notebook-instance-lifecycle-config.ts'
import { createNotebookInstance } from './notebook/create-notebook-instance.ts'
import { deleteCodeRepository } from './notebook/delete-code-repository.ts'
import { deleteNotebookInstanceLifecycleConfig } from './notebook/delete-notebook-instance-lifecycle-config.ts'
import { deleteNotebookInstance } from './notebook/delete-notebook-instance.ts'
import { describeCodeRepository } from './notebook/describe-code-repository.ts'
import { describeNotebookInstanceLifecycleConfig } from './notebook/describe-notebook-instance-lifecycle-config.ts'
import { describeNotebookInstance } from './notebook/describe-notebook-instance.ts'
import { listCodeRepositories } from './notebook/list-code-repositories.ts'
import { listNotebookInstanceLifecycleConfigs } from './notebook/list-notebook-instance-lifecycle-configs.ts'
import { listNotebookInstances } from './notebook/list-notebook-instances.ts'
import { listProcessingJobs } from './processing/list-processing-jobs.ts'
import { listHyperParameterTuningJobs } from './tuning/list-hyper-parameter-tuning-jobs.ts'
import { listTrainingJobsForHyperParameterTuningJob } from './tuning/list-training-jobs-for-hyper-parameter-tuning-job.ts'
import { listTrainingJobs } from './training/list-training-jobs.ts'
import { listTransformJobs } from './transform/list-transform-jobs.ts'
import { startNotebookInstance } from './notebook/start-notebook-instance.ts'
import { stopNotebookInstance } from './notebook/stop-notebook-instance.ts'
import { updateCodeRepository } from './notebook/update-code-repository.ts'
import { updateNotebookInstanceLifecycleConfig } from './notebook/update-notebook-instance-lifecycle-config.ts'
import { updateNotebookInstance } from './notebook/update-notebook-instance.ts'
import { stopAutoMLJob } from './automl/stop-auto-ml-job.ts'
import { stopCompilationJob } from './compilation/stop-compilation-job.ts'
import { stopProcessingJob } from './processing/stop-processing-job.ts'
import { stopHyperParameterTuningJob } from './tuning/stop-hyper-parameter-tuning-job.ts'
import { stopTrainingJob } from './training/stop-training-job.ts'
import { stopTransformJob } from './transform/stop-transform-job.ts'
import { createImageVersion } from './image/create-image-version.ts'
import { createImage } from './image/create-image.ts'
import { deleteImageVersion } from './image/delete-image-version.ts'
import { deleteImage } from './image/delete-image.ts'
import { describeImageVersion, listAliases, listImageVersions } from './image/describe-image-version.ts'
import { describeImage, listImages } from './image/describe-image.ts'
import { updateImageVersion } from './image/update-image-version.ts'
import { updateImage } from './image/update-image.ts'
import { createAppImageConfig } from './studio/create-app-image-config.ts'
import { createApp } from './studio/create-app.ts'
import { createDomain } from './studio/create-domain.ts'
import { createSpace } from './studio/create-space.ts'
import { createStudioLifecycleConfig } from './studio/create-studio-lifecycle-config.ts'
import { createUserProfile } from './studio/create-user-profile.ts'
import { deleteApp } from './studio/delete-app.ts'
import { deleteDomain } from './studio/delete-domain.ts'
import { deleteSpace } from './studio/delete-space.ts'
import { deleteStudioLifecycleConfig } from './studio/delete-studio-lifecycle-config.ts'
import { deleteUserProfile } from './studio/delete-user-profile.ts'
import { describeAppImageConfig, listAppImageConfigs } from './studio/describe-app-image-config.ts'
import { describeApp, listApps } from './studio/describe-app.ts'
import { describeDomain, listDomains } from './studio/describe-domain.ts'
import { describeSpace, listSpaces } from './studio/describe-space.ts'
import { describeStudioLifecycleConfig, listStudioLifecycleConfigs } from './studio/describe-studio-lifecycle-config.ts'
import { describeUserProfile, listUserProfiles } from './studio/describe-user-profile.ts'
import { deleteAppImageConfig, updateAppImageConfig } from './studio/update-app-image-config.ts'
import { updateDomain } from './studio/update-domain.ts'
import { updateSpace } from './studio/update-space.ts'
import { updateUserProfile } from './studio/update-user-profile.ts'
import { createFeatureGroup } from './feature-store/create-feature-group.ts'
import { deleteFeatureGroup } from './feature-store/delete-feature-group.ts'
import { describeFeatureGroup } from './feature-store/describe-feature-group.ts'
import { describeFeatureMetadata } from './feature-store/describe-feature-metadata.ts'
import { listFeatureGroups } from './feature-store/list-feature-groups.ts'
import { updateFeatureGroup } from './feature-store/update-feature-group.ts'
import { updateFeatureMetadata } from './feature-store/update-feature-metadata.ts'
import { createFlowDefinition } from './ground-truth/create-flow-definition.ts'
import { createHumanTaskUi } from './ground-truth/create-human-task-ui.ts'
import { createLabelingJob } from './ground-truth/create-labeling-job.ts'
import { createWorkforce } from './ground-truth/create-workforce.ts'
import { createWorkteam } from './ground-truth/create-workteam.ts'
import { deleteFlowDefinition } from './ground-truth/delete-flow-definition.ts'
import { deleteHumanTaskUi } from './ground-truth/delete-human-task-ui.ts'
import { deleteWorkforce } from './ground-truth/delete-workforce.ts'
import { deleteWorkteam } from './ground-truth/delete-workteam.ts'
import { describeFlowDefinition } from './ground-truth/describe-flow-definition.ts'
import { describeHumanTaskUi } from './ground-truth/describe-human-task-ui.ts'
import { describeLabelingJob } from './ground-truth/describe-labeling-job.ts'
import { describeWorkforce } from './ground-truth/describe-workforce.ts'
import { describeWorkteam } from './ground-truth/describe-workteam.ts'
import { listFlowDefinitions } from './ground-truth/list-flow-definitions.ts'
import { listHumanTaskUis } from './ground-truth/list-human-task-uis.ts'
import { listLabelingJobsForWorkteam } from './ground-truth/list-labeling-jobs-for-workteam.ts'
import { listLabelingJobs } from './ground-truth/list-labeling-jobs.ts'
import { listWorkforces } from './ground-truth/list-workforces.ts'
import { listWorkteams } from './ground-truth/list-workteams.ts'
import { renderUiTemplate } from './ground-truth/render-ui-template.ts'
import { stopLabelingJob } from './ground-truth/stop-labeling-job.ts'
import { updateWorkforce } from './ground-truth/update-workforce.ts'
import { updateWorkteam } from './ground-truth/update-workteam.ts'
import {
  createDataQualityJobDefinition,
  createModelBiasJobDefinition,
  createModelExplainabilityJobDefinition,
  createModelQualityJobDefinition,
} from './monitoring/create-job-definition.ts'
import { createMonitoringSchedule } from './monitoring/create-monitoring-schedule.ts'
import {
  deleteDataQualityJobDefinition,
  deleteModelBiasJobDefinition,
  deleteModelExplainabilityJobDefinition,
  deleteModelQualityJobDefinition,
} from './monitoring/delete-job-definition.ts'
import { deleteMonitoringSchedule } from './monitoring/delete-monitoring-schedule.ts'
import {
  describeDataQualityJobDefinition,
  describeModelBiasJobDefinition,
  describeModelExplainabilityJobDefinition,
  describeModelQualityJobDefinition,
} from './monitoring/describe-job-definition.ts'
import { describeMonitoringSchedule } from './monitoring/describe-monitoring-schedule.ts'
import {
  listDataQualityJobDefinitions,
  listModelBiasJobDefinitions,
  listModelExplainabilityJobDefinitions,
  listModelQualityJobDefinitions,
} from './monitoring/list-job-definitions.ts'
import { listMonitoringSchedules } from './monitoring/list-monitoring-schedules.ts'
import { startMonitoringSchedule, stopMonitoringSchedule } from './monitoring/start-monitoring-schedule.ts'
import { updateMonitoringSchedule } from './monitoring/update-monitoring-schedule.ts'
import { updateTrainingJob } from './training/update-training-job.ts'
import { listMonitoringExecutions } from './monitoring/list-monitoring-executions.ts'

export const operations = {
  AddTags: addTags,
  CreateApp: createApp,
  CreateAppImageConfig: createAppImageConfig,
  CreateAutoMLJob: createAutoMLJob,
  CreateAutoMLJobV2: createAutoMLJobV2,
  CreateCodeRepository: createCodeRepository,
  CreateCompilationJob: createCompilationJob,
  CreateDataQualityJobDefinition: createDataQualityJobDefinition,
  CreateDomain: createDomain,
  CreateEndpointConfig: createEndpointConfig,
  CreateFeatureGroup: createFeatureGroup,
  CreateFlowDefinition: createFlowDefinition,
  CreateHumanTaskUi: createHumanTaskUi,
  CreateHyperParameterTuningJob: createHyperParameterTuningJob,
  CreateImage: createImage,
  CreateImageVersion: createImageVersion,
  CreateLabelingJob: createLabelingJob,
  CreateModel: createModel,
  CreateModelBiasJobDefinition: createModelBiasJobDefinition,
  CreateModelExplainabilityJobDefinition: createModelExplainabilityJobDefinition,
  CreateModelQualityJobDefinition: createModelQualityJobDefinition,
  CreateMonitoringSchedule: createMonitoringSchedule,
  CreateNotebookInstance: createNotebookInstance,
  CreateNotebookInstanceLifecycleConfig: createNotebookInstanceLifecycleConfig,
  CreateProcessingJob: createProcessingJob,
  CreateSpace: createSpace,
  CreateStudioLifecycleConfig: createStudioLifecycleConfig,
  CreateTrainingJob: createTrainingJob,
  CreateTransformJob: createTransformJob,
  CreateUserProfile: createUserProfile,
  CreateWorkforce: createWorkforce,
  CreateWorkteam: createWorkteam,
  DeleteApp: deleteApp,
  DeleteAppImageConfig: deleteAppImageConfig,
  DeleteCodeRepository: deleteCodeRepository,
  DeleteCompilationJob: deleteCompilationJob,
  DeleteDataQualityJobDefinition: deleteDataQualityJobDefinition,
  DeleteDomain: deleteDomain,
  DeleteEndpointConfig: deleteEndpointConfig,
  DeleteFeatureGroup: deleteFeatureGroup,
  DeleteFlowDefinition: deleteFlowDefinition,
  DeleteHumanTaskUi: deleteHumanTaskUi,
  DeleteHyperParameterTuningJob: deleteHyperParameterTuningJob,
  DeleteImage: deleteImage,
  DeleteImageVersion: deleteImageVersion,
  DeleteModel: deleteModel,
  DeleteModelBiasJobDefinition: deleteModelBiasJobDefinition,
  DeleteModelExplainabilityJobDefinition: deleteModelExplainabilityJobDefinition,
  DeleteModelQualityJobDefinition: deleteModelQualityJobDefinition,
  DeleteMonitoringSchedule: deleteMonitoringSchedule,
  DeleteNotebookInstance: deleteNotebookInstance,
  DeleteNotebookInstanceLifecycleConfig: deleteNotebookInstanceLifecycleConfig,
  DeleteProcessingJob: deleteProcessingJob,
  DeleteSpace: deleteSpace,
  DeleteStudioLifecycleConfig: deleteStudioLifecycleConfig,
  DeleteTags: deleteTags,
  DeleteTrainingJob: deleteTrainingJob,
  DeleteUserProfile: deleteUserProfile,
  DeleteWorkforce: deleteWorkforce,
  DeleteWorkteam: deleteWorkteam,
  DescribeApp: describeApp,
  DescribeAppImageConfig: describeAppImageConfig,
  DescribeAutoMLJob: describeAutoMLJob,
  DescribeAutoMLJobV2: describeAutoMLJobV2,
  DescribeCodeRepository: describeCodeRepository,
  DescribeCompilationJob: describeCompilationJob,
  DescribeDataQualityJobDefinition: describeDataQualityJobDefinition,
  DescribeDomain: describeDomain,
  DescribeEndpointConfig: describeEndpointConfig,
  DescribeFeatureGroup: describeFeatureGroup,
  DescribeFeatureMetadata: describeFeatureMetadata,
  DescribeFlowDefinition: describeFlowDefinition,
  DescribeHumanTaskUi: describeHumanTaskUi,
  DescribeHyperParameterTuningJob: describeHyperParameterTuningJob,
  DescribeImage: describeImage,
  DescribeImageVersion: describeImageVersion,
  DescribeLabelingJob: describeLabelingJob,
  DescribeModel: describeModel,
  DescribeModelBiasJobDefinition: describeModelBiasJobDefinition,
  DescribeModelExplainabilityJobDefinition: describeModelExplainabilityJobDefinition,
  DescribeModelQualityJobDefinition: describeModelQualityJobDefinition,
  DescribeMonitoringSchedule: describeMonitoringSchedule,
  DescribeNotebookInstance: describeNotebookInstance,
  DescribeNotebookInstanceLifecycleConfig: describeNotebookInstanceLifecycleConfig,
  DescribeProcessingJob: describeProcessingJob,
  DescribeSpace: describeSpace,
  DescribeStudioLifecycleConfig: describeStudioLifecycleConfig,
  DescribeTrainingJob: describeTrainingJob,
  DescribeTransformJob: describeTransformJob,
  DescribeUserProfile: describeUserProfile,
  DescribeWorkforce: describeWorkforce,
  DescribeWorkteam: describeWorkteam,
  ListAliases: listAliases,
  ListAppImageConfigs: listAppImageConfigs,
  ListApps: listApps,
  ListAutoMLJobs: listAutoMLJobs,
  ListCandidatesForAutoMLJob: listCandidatesForAutoMLJob,
  ListCodeRepositories: listCodeRepositories,
  ListCompilationJobs: listCompilationJobs,
  ListDataQualityJobDefinitions: listDataQualityJobDefinitions,
  ListDomains: listDomains,
  ListEndpointConfigs: listEndpointConfigs,
  ListFeatureGroups: listFeatureGroups,
  ListFlowDefinitions: listFlowDefinitions,
  ListHumanTaskUis: listHumanTaskUis,
  ListHyperParameterTuningJobs: listHyperParameterTuningJobs,
  ListImages: listImages,
  ListImageVersions: listImageVersions,
  ListLabelingJobs: listLabelingJobs,
  ListLabelingJobsForWorkteam: listLabelingJobsForWorkteam,
  ListModelBiasJobDefinitions: listModelBiasJobDefinitions,
  ListModelExplainabilityJobDefinitions: listModelExplainabilityJobDefinitions,
  ListModelQualityJobDefinitions: listModelQualityJobDefinitions,
  ListModels: listModels,
  ListMonitoringExecutions: listMonitoringExecutions,
  ListMonitoringSchedules: listMonitoringSchedules,
  ListNotebookInstanceLifecycleConfigs: listNotebookInstanceLifecycleConfigs,
  ListNotebookInstances: listNotebookInstances,
  ListProcessingJobs: listProcessingJobs,
  ListSpaces: listSpaces,
  ListStudioLifecycleConfigs: listStudioLifecycleConfigs,
  ListTags: listTags,
  ListTrainingJobs: listTrainingJobs,
  ListTransformJobs: listTransformJobs,
  ListTrainingJobsForHyperParameterTuningJob: listTrainingJobsForHyperParameterTuningJob,
  ListUserProfiles: listUserProfiles,
  ListWorkforces: listWorkforces,
  ListWorkteams: listWorkteams,
  RenderUiTemplate: renderUiTemplate,
  StartMonitoringSchedule: startMonitoringSchedule,
  StartNotebookInstance: startNotebookInstance,
  StopAutoMLJob: stopAutoMLJob,
  StopCompilationJob: stopCompilationJob,
  StopHyperParameterTuningJob: stopHyperParameterTuningJob,
  StopLabelingJob: stopLabelingJob,
  StopMonitoringSchedule: stopMonitoringSchedule,
  StopNotebookInstance: stopNotebookInstance,
  StopProcessingJob: stopProcessingJob,
  StopTrainingJob: stopTrainingJob,
  StopTransformJob: stopTransformJob,
  UpdateAppImageConfig: updateAppImageConfig,
  UpdateCodeRepository: updateCodeRepository,
  UpdateDomain: updateDomain,
  UpdateFeatureGroup: updateFeatureGroup,
  UpdateFeatureMetadata: updateFeatureMetadata,
  UpdateImage: updateImage,
  UpdateImageVersion: updateImageVersion,
  UpdateMonitoringSchedule: updateMonitoringSchedule,
  UpdateNotebookInstance: updateNotebookInstance,
  UpdateNotebookInstanceLifecycleConfig: updateNotebookInstanceLifecycleConfig,
  UpdateSpace: updateSpace,
  UpdateTrainingJob: updateTrainingJob,
  UpdateUserProfile: updateUserProfile,
  UpdateWorkforce: updateWorkforce,
  UpdateWorkteam: updateWorkteam,
}
