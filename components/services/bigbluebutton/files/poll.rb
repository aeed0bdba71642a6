# Upstream's poller, which first makes sure that the cache has the servers and tenants that were planned: a cache that was lost is filled again before the next
# round. Several of these may run. The state of a server that is there already is never touched: one that was cordoned stays so.
require "json"
require "rake"

Rails.application.load_tasks
Rails.logger.info("Polling every #{ENV.fetch('POLL_INTERVAL')} seconds")

# The record of that id; nil if there is none.
def found(kind, id)
  kind.find(id)
rescue ApplicationRedisRecord::RecordNotFound
  nil
end

# Brings one record to the planned values. Another poller may have made it in between: then there is nothing to do.
def keep(kind, id, wanted, at_first = {})
  record = found(kind, id)
  return kind.create!(id: id, **wanted, **at_first) if record.nil?

  wanted.each { |key, value| record.public_send(:"#{key}=", value) unless record.public_send(key) == value }
  record.save! if record.changed?
rescue ApplicationRedisRecord::ApplicationRedisError => e
  Rails.logger.warn("#{kind.name} #{id} is left to the next round: #{e.message}")
end

# Servers that are planned no longer get no further meetings, and go with their last one.
def release(server)
  unless server.cordoned? || server.disabled?
    server.state = 'cordoned'
    server.save!
  end
  server.destroy! if Meeting.all.none? { |meeting| meeting.server_id == server.id }
rescue ApplicationRedisRecord::ApplicationRedisError => e
  Rails.logger.warn("Server #{server.id} is left to the next round: #{e.message}")
end

# Ids are the planned names: recordings in the database name their tenant by its id, so it must be the same in every cache.
def fill(planned)
  servers = planned.fetch('servers')
  tenants = planned.fetch('tenants')
  servers.each { |id, one| keep(Server, id, { url: one.fetch('url'), secret: one.fetch('secret') }, { state: 'enabled' }) }
  tenants.each { |name, secrets| keep(Tenant, name, { name: name, secrets: secrets }) }
  Server.all.each { |server| release(server) unless servers.key?(server.id) }
  Tenant.all.each { |tenant| tenant.destroy! unless tenants.key?(tenant.id) }
end

loop do
  begin
    fill(JSON.parse(File.read(ENV.fetch('PLANNED'))))
    round = Rake::Task['poll:all']
    round.invoke
    round.reenable
    round.prerequisite_tasks.each(&:reenable)
    File.write(ENV.fetch('ALIVE'), '')
  rescue Redis::BaseError => e
    Rails.logger.warn("The cache does not answer: #{e.message}")
  end
  sleep(Float(ENV.fetch('POLL_INTERVAL')))
end
