# Asks Scalelite for what Greenlight was not told, for instance because it was away: meetings that have ended, and recordings of the last two days. Upstream's own
# tasks do it; its loop around them is left out.
require 'rake'

Rails.application.load_tasks
Rake::Task['poller:meetings_poller'].invoke
Rake::Task['poller:recordings_poller'].invoke(24.hours)
