ALTER TABLE `delegations` ADD `hash` text;--> statement-breakpoint
CREATE INDEX `delegations_of_batch` ON `delegations` (`workspace`,`batch_id`,`created_at`,`task_id`) WHERE "batch_id" is not null;