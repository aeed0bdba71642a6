# Stands in for what `rails runner` loads of Scalelite: records that behave as those of app/models (blindsidenetworks/scalelite 7498a81), kept in a file that the test
# reads, and a task "poll:all" that only says that it ran.
require 'json'
require 'logger'
require 'rake'

STDOUT.sync = true

class Redis
  class BaseError < StandardError
  end
end

module Rails
  def self.logger
    @logger ||= Logger.new($stdout)
  end

  def self.application
    self
  end

  def self.load_tasks
    Rake::Task.define_task('servers') { puts 'asked servers' }
    Rake::MultiTask.define_task('poll:all' => ['servers'])
  end
end

class ApplicationRedisRecord
  class ApplicationRedisError < StandardError
  end

  class RecordNotFound < ApplicationRedisError
  end

  class RecordNotSaved < ApplicationRedisError
  end

  def self.store
    raise Redis::BaseError, 'it is away' if File.exist?("#{ENV.fetch('CACHE')}.away")

    JSON.parse(File.read(ENV.fetch('CACHE')))
  end

  def self.keep(all)
    File.write(ENV.fetch('CACHE'), JSON.generate(all))
  end

  def self.all
    (store[name] || {}).map { |id, fields| new({ 'id' => id, **fields }, false) }
  end

  def self.find(id)
    fields = (store[name] || {})[id] || raise(RecordNotFound, "no #{name} #{id}")
    new({ 'id' => id, **fields }, false)
  end

  def self.create!(**fields)
    new(fields.transform_keys(&:to_s), true).tap(&:save!)
  end

  attr_reader :fields

  def initialize(fields, fresh)
    @fields = fields
    @before = fields.dup
    @fresh = fresh
  end

  def id
    @fields['id']
  end

  def method_missing(name, *args)
    return @fields[name.to_s.chomp('=')] = args.first if name.end_with?('=')

    @fields[name.to_s]
  end

  def respond_to_missing?(*)
    true
  end

  def changed?
    @fields != @before
  end

  def save!
    all = self.class.store
    own = all[self.class.name] ||= {}
    raise RecordNotSaved, "#{id} is there already" if @fresh && own.key?(id)

    own[id] = @fields.except('id')
    self.class.keep(all)
    @before = @fields.dup
    @fresh = false
  end

  def destroy!
    raise RecordNotSaved, 'it has changes' if changed?

    all = self.class.store
    all[self.class.name].delete(id)
    self.class.keep(all)
  end
end

class Server < ApplicationRedisRecord
  def cordoned? = state == 'cordoned'
  def disabled? = state == 'disabled'
end

class Tenant < ApplicationRedisRecord
end

class Meeting < ApplicationRedisRecord
end
