// SPDX-License-Identifier: Apache-2.0
// Deletes a topic with Kafka's own client: java -cp 'jars/*' DeleteTopic.java <bootstrap> <topic>
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

class DeleteTopic {
  public static void main(String[] arguments) throws Exception {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", arguments[0]))) {
      admin.deleteTopics(List.of(arguments[1])).all().get();
    }
  }
}
